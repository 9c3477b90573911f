import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import type { SessionManager } from '../src/SessionManager'

/** Registers the session manager, and hooks sessions into the server and the test client. */
export default class SessionProvider {
  public static needsApplication = true

  constructor(protected app: ApplicationContract) {}

  /** @throws E_SESSION_INSTALLED_TWICE where the provider of 6.4 is registered as well */
  public register(): void {
    if (this.app.container.hasBinding('Adonis/Addons/Session')) {
      throw this.installedTwice()
    }
    this.app.container.singleton('Adonis/Addons/Session', () => {
      const { SessionManager } = require('../src/SessionManager')
      return new SessionManager(this.app, this.app.config.get('session', {}))
    })
  }

  public boot(): void {
    this.registerServerBindings()
    this.registerViewBindings()
    this.registerTestsBindings()
    this.registerHealthCheck()
  }

  /** All providers have booted: whoever extends the sessions has done so. */
  public async ready(): Promise<void> {
    if (this.app.environment !== 'web' && this.app.environment !== 'test') {
      return
    }
    const Session = this.app.container.use('Adonis/Addons/Session') as SessionManager
    if (typeof Session.verifyDriver !== 'function') {
      throw this.installedTwice()
    }
    if (Session.isEnabled()) {
      await Session.verifyDriver()
    }
  }

  /** What goes on after responses ends before the connections do that it needs. */
  public async shutdown(): Promise<void> {
    if (this.app.container.hasBinding('Adonis/Addons/Session')) {
      const Session = this.app.container.use('Adonis/Addons/Session') as SessionManager
      await Session.shutdown?.()
    }
  }

  private installedTwice() {
    const { SessionException } = require('../src/Exceptions')
    return SessionException.installedTwice(this.app.rcFile.providers.includes('@adonisjs/shield'))
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

  protected registerViewBindings(): void {
    this.app.container.withBindings(['Adonis/Core/View'], (View) => {
      const { defineViewBindings } = require('../src/Bindings/View')
      defineViewBindings(View)
    })
  }

  protected registerHealthCheck(): void {
    this.app.container.withBindings(
      ['Adonis/Core/HealthCheck', 'Adonis/Addons/Session'],
      (HealthCheck, Session) => {
        if ((Session as SessionManager).hasHealthCheck) {
          HealthCheck.addChecker('session', 'Adonis/Addons/Session')
        }
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
