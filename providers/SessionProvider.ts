import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { SessionManager } from '../src/SessionManager'

/** Registers the session manager, and hooks sessions into the server and the test client. */
export default class SessionProvider {
  public static needsApplication = true

  constructor(protected app: ApplicationContract) {}

  public register(): void {
    this.app.container.singleton('Adonis/Addons/Session', () => {
      const { SessionManager } = require('../src/SessionManager')
      return new SessionManager(this.app, this.app.config.get('session', {}))
    })
  }

  public boot(): void {
    this.registerServerBindings()
    this.registerTestsBindings()
  }

  /** All providers have booted: whoever extends the sessions has done so. */
  public async ready(): Promise<void> {
    if (this.app.environment !== 'web' && this.app.environment !== 'test') {
      return
    }
    const Session = this.app.container.use('Adonis/Addons/Session') as SessionManager
    if (Session.isEnabled()) {
      await Session.verifyDriver()
    }
  }

  protected registerServerBindings(): void {
    this.app.container.withBindings(
      [
        'Adonis/Core/Server',
        'Adonis/Core/HttpContext',
        'Adonis/Core/Request',
        'Adonis/Addons/Session',
      ],
      (Server, HttpContext, Request, Session) => {
        const { defineServerBindings } = require('../src/Bindings/Server')
        defineServerBindings(HttpContext, Request, Server, Session)
      }
    )
  }

  protected registerTestsBindings(): void {
    this.app.container.withBindings(
      [
        'Japa/Preset/ApiRequest',
        'Japa/Preset/ApiResponse',
        'Japa/Preset/ApiClient',
        'Adonis/Addons/Session',
      ],
      (ApiRequest, ApiResponse, ApiClient, Session) => {
        const { defineTestsBindings } = require('../src/Bindings/Tests')
        defineTestsBindings(ApiRequest, ApiResponse, ApiClient, Session)
      }
    )
  }
}
