declare module '@ioc:Adonis/Core/Application' {
  import type { SessionManagerContract } from '@ioc:Adonis/Addons/Session'

  interface ContainerBindings {
    'Adonis/Addons/Session': SessionManagerContract
  }
}
