import * as config from '../fixtures/app/config/app'

/**
 * The `config/app` of the test app with other settings of `http`. It is set as a whole: the apps of
 * one process share the file they have loaded, and a key set inside of it would stay.
 */
export function httpConfig(http: Partial<Record<keyof typeof config.http, any>>) {
  return { app: { ...config, http: { ...config.http, ...http } } }
}
