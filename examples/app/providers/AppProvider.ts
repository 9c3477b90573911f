import type { ApplicationContract } from '@ioc:Adonis/Core/Application'

/** The application's own bindings; a session driver of your own is added in `boot`. */
export default class AppProvider {
  constructor(protected app: ApplicationContract) {}

  public register() {}

  public async boot() {
    // const Session = this.app.container.use('Adonis/Addons/Session')
    // Session.extend('my-driver', () => new MyDriver())
  }

  public async ready() {}

  public async shutdown() {}
}
