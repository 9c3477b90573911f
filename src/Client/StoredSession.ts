import type { HttpContextContract } from '@ioc:Adonis/Core/HttpContext'
import type {
  SessionConfig,
  SessionDriverContract,
  SessionTombstone,
  StoredSessionContract,
} from '@ioc:Adonis/Addons/Session'
import { atomicDriver } from '../AtomicBridge/capabilities'
import { cookieLines } from '../Cookies'
import { dropId, newId, readIds, writeId } from '../IdCookie'
import { Repository } from '../Repository'
import { notesOf } from '../Session/notes'
import { newSnapshot } from '../Session/snapshots'
import { Settings, settingsOf } from '../Settings'
import { Store } from '../Store'
import { FLASH_KEY } from '../Values/messages'
import { NO_MESSAGES } from '../Values/messageTree'
import { Values } from '../Values/paths'
import { toJson } from '../Values/storable'

/** Whoever holds the cookies of a session: a jar, or a browser. */
export interface VisitorCookies {
  /** The cookies that it would send to the app, and the host that it knows the app by. */
  headers(): Headers | Promise<Headers>

  /** Takes over what Set-Cookie lines say. */
  receive(lines: string[]): void | Promise<void>
}

export interface Headers {
  cookie: string
  host?: string
}

/** A context that no request made, with a driver for it. */
export interface Opened {
  ctx: HttpContextContract
  driver: SessionDriverContract
}

/**
 * The session of whoever holds its cookies, from outside of a request: it is read and changed where the app keeps
 * it, with any driver. No event is emitted, and flash messages stay for the next request.
 */
export class StoredSession implements StoredSessionContract {
  /** All ids that the session had, as far as they were seen. */
  private ids = new Set<string>()

  constructor(
    private config: SessionConfig,
    private make: (headers: Headers) => Opened,
    private keeper: VisitorCookies
  ) {}

  /** `null`: no cookie with an id that this app has signed. */
  public async getSessionId(): Promise<string | null> {
    return (await this.opened()).id
  }

  public async getSession(): Promise<Values> {
    return (await this.read()).session
  }

  public async getFlashMessages(): Promise<Values> {
    return (await this.read()).flashMessages ?? {}
  }

  public setSession(values: Values): Promise<void> {
    return this.write(values, {})
  }

  public setFlashMessages(messages: Values): Promise<void> {
    return this.write({}, messages)
  }

  /** Values and messages, as they are stored now. */
  public async read(): Promise<{ session: Values; flashMessages: Values | null }> {
    const { id, repository } = await this.opened()
    const stored = id === null ? null : await repository.find(id)
    const { [FLASH_KEY]: flashMessages = null, ...session } = stored?.values ?? {}
    return { session, flashMessages }
  }

  /** Gives a visitor without a session cookie one, of a session that holds nothing yet. */
  public async begin(): Promise<void> {
    if ((await this.getSessionId()) === null) {
      await this.write({}, {})
    }
  }

  /** Merges values and messages into those that are stored. */
  public async write(values: Values, messages: Values): Promise<void> {
    const { ctx, id, repository } = await this.opened()
    const loaded = id === null ? null : await repository.load(id)
    // An id that has ended stays so: the visitor gets another one.
    const snapshot =
      !loaded || loaded.isRefused || loaded.found.state === 'retired'
        ? newSnapshot(newId(), 'new')
        : loaded
    const store = new Store(JSON.parse(snapshot.base))
    store.merge(values)
    const saved = await repository.save(snapshot, {
      id: snapshot.id,
      idChange: null,
      values: toJson(store.live),
      operations: store.operations,
      flash: { seen: NO_MESSAGES, put: JSON.parse(toJson(messages)) },
      own: null,
      notes: { user: notesOf(ctx, this.settings, store, snapshot).user },
      prolongs: true,
    })
    writeId(ctx, this.settings, saved.snapshot.id, saved.cookieAgeInMs)
    await this.take(ctx, saved.snapshot.id)
  }

  /** Why an id is retired; `null`: it is not. */
  public async endingOf(id: string): Promise<SessionTombstone['reason'] | null> {
    const { driver } = await this.opened()
    const found = await atomicDriver(driver, this.settings).load(id)
    return found.state === 'retired' ? found.tombstone.reason : null
  }

  /** Removes the session from the store, under each id that it had, and its cookies. */
  public async forget(): Promise<void> {
    const { ctx, driver } = await this.opened()
    for (const id of this.ids) {
      await driver.destroy(id)
    }
    this.ids.clear()
    dropId(ctx, this.settings)
    await this.keeper.receive(cookieLines(ctx.response))
  }

  private async opened() {
    return this.open(await this.keeper.headers())
  }

  protected open(headers: Headers) {
    const { ctx, driver } = this.make(headers)
    const [id = null] = readIds(ctx, this.settings).ids
    if (id !== null) {
      this.ids.add(id)
    }
    return { ctx, driver, id, repository: new Repository(driver, this.settings) }
  }

  protected async take({ response }: HttpContextContract, id: string) {
    this.ids.add(id)
    await this.keeper.receive(cookieLines(response))
  }

  protected get settings(): Settings {
    return settingsOf(this.config)
  }
}
