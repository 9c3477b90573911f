import type { SessionConfig } from '@ioc:Adonis/Addons/Session'

/** Types the session config of an app, and returns it as it is. */
export function sessionConfig<Config extends SessionConfig>(config: Config): Config {
  return config
}
