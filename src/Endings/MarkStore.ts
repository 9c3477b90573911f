import type { AtomicDriverContract, Changed, Found } from '@ioc:Adonis/Addons/Session'
import { SessionException } from '../Exceptions'
import { Outage, outageOfMarks } from '../Outage'
import { Settings } from '../Settings'

/** The store in which endings are remembered, by its driver. */
export class MarkStore {
  private outage: Outage

  /** `warn` is told when the store is down and the config accepts that. */
  constructor(
    private driver: AtomicDriverContract,
    private settings: Settings,
    private warn: (message: string) => void
  ) {
    this.outage = outageOfMarks(settings)
  }

  public get prune(): AtomicDriverContract['prune'] {
    const { driver } = this
    return driver.prune && (() => driver.prune!())
  }

  /** `null`: the store is down, and the config accepts that. */
  public async read(id: string): Promise<Found | null> {
    try {
      return await this.load(id)
    } catch (error) {
      this.accept(error)
      return null
    }
  }

  /** @throws E_SESSION_STORE_UNAVAILABLE, as do the methods below */
  public load(id: string): Promise<Found> {
    return this.ask('read', () => this.driver.load(id))
  }

  public replace(...args: Parameters<AtomicDriverContract['replace']>): Promise<Changed> {
    return this.ask('write', () => this.driver.replace(...args))
  }

  public retire(...args: Parameters<AtomicDriverContract['retire']>): Promise<Changed> {
    return this.ask('retire', () => this.driver.retire(...args))
  }

  /** @throws the error, unless the config accepts that endings aren't known while the store is down */
  public accept(error: Error) {
    if (!this.settings.revocation!.acceptsOutage) {
      throw error
    }
    this.warn(`Sessions are accepted without knowing whether they have ended. ${error.message}`)
  }

  /** Other requests kept changing something: an outage, for this one. */
  public contended(attempts: number): SessionException {
    const reason = new Error(`it could not be changed, ${attempts} times in a row`)
    return SessionException.storeUnavailable(this.settings.revocation!.driver, 'retire', reason)
  }

  private ask<T>(operation: string, question: () => T | Promise<T>): Promise<T> {
    return this.outage.ask(this.driver, operation, question)
  }
}
