import { createHmac, createSecretKey, hkdfSync, KeyObject } from 'crypto'
import type { Found, SessionMeta, SessionTombstone, StoredRecord } from '@ioc:Adonis/Addons/Session'
import { Settings } from '../Settings'
import { Values } from '../Values/paths'
import { decryptText, encryptText } from './encryption'
import { keyOf } from './ids'

/** A key, and the name by which a record says that it was encrypted with it. */
interface Key {
  name: string
  secret: KeyObject
}

/** The text of a record and its meta, as they are stored. */
interface Text {
  json: string
  meta: SessionMeta
}

const known = new WeakMap<Settings, Sealing>()

/** What a config says about the encryption of stored sessions. */
export function sealingOf(settings: Settings): Sealing {
  known.has(settings) || known.set(settings, new Sealing(settings))
  return known.get(settings)!
}

/**
 * Encrypts sessions before they are stored (`encrypt` in the config), and decrypts them after they were loaded,
 * even if `encrypt` is now `false`. Each text is bound to its session id, so that it can't be put under another one.
 * The tag, the handle and the times stay readable: drivers need them.
 */
export class Sealing {
  private keys: Key[]
  private encrypts: boolean

  constructor({ sealingKeys, encrypts }: Pick<Settings, 'sealingKeys' | 'encrypts'>) {
    this.keys = sealingKeys.map(keyFrom)
    this.encrypts = encrypts
  }

  /** Is a session stored as it would be stored now? */
  public isCurrent({ sealed }: SessionMeta): boolean {
    return sealed === (this.encrypts ? this.keys[0].name : undefined)
  }

  public seal(id: string, { json, meta }: Text): Text {
    if (!this.encrypts) {
      return { json, meta: { ...meta, sealed: undefined } }
    }
    const [{ name, secret }] = this.keys
    const { client, ...rest } = meta
    // JSON has no line break.
    const text = `${JSON.stringify(client ?? null)}\n${json}`
    return { json: sealedJson(text, id, secret), meta: { ...rest, sealed: name } }
  }

  public sealTombstone(id: string, tombstone: SessionTombstone): SessionTombstone {
    if (!this.encrypts || Object.keys(tombstone.values).length === 0) {
      return tombstone
    }
    const [{ name, secret }] = this.keys
    const json = sealedJson(JSON.stringify(tombstone.values), id, secret)
    return { ...tombstone, values: JSON.parse(json), sealed: name }
  }

  /** A record that can't be decrypted stays: another server, or a later config, may have its key. */
  public open(id: string, found: Found): Found {
    if (found.state === 'stored') {
      const record = this.openRecord(id, found.record)
      return record ? { state: 'stored', record } : { ...UNREADABLE, sealed: found.record }
    }
    return found.state === 'retired'
      ? { ...found, tombstone: this.openTombstone(id, found.tombstone) }
      : found
  }

  /** `null`: it was encrypted with a key that is not known here. */
  public openRecord(id: string, record: StoredRecord): StoredRecord | null {
    const { meta, version, expiresAt } = record
    if (meta.sealed === undefined) {
      return record
    }
    const text = this.decrypt(id, record.values, meta.sealed)
    if (text === null) {
      return null
    }
    const at = text.indexOf('\n')
    const json = text.slice(at + 1)
    const client = JSON.parse(text.slice(0, at)) ?? undefined
    return { values: JSON.parse(json), json, meta: { ...meta, client }, version, expiresAt }
  }

  /** A tombstone refuses its id even if its values can't be decrypted. */
  private openTombstone(id: string, { sealed, ...tombstone }: SessionTombstone): SessionTombstone {
    if (sealed === undefined) {
      return tombstone
    }
    const text = this.decrypt(id, tombstone.values, sealed)
    return { ...tombstone, values: text === null ? {} : JSON.parse(text) }
  }

  private decrypt(id: string, { sealed }: Values, name: string): string | null {
    const key = this.keys.find((one) => one.name === name)
    return key && typeof sealed === 'string' ? decryptText(sealed, keyFor(id, key.secret)) : null
  }
}

/** For drivers that encrypt by themselves. */
export const NO_SEALING = new Sealing({ sealingKeys: [], encrypts: false })

const UNREADABLE = {
  state: 'unreadable' as const,
  reason:
    'A stored session was encrypted with a key that is not among "keys" inside the "config/session" file. The visitor gets another id',
  isBarred: true,
}

function keyFrom(secret: string): Key {
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, '', purpose, bytes))
  return {
    name: derive('session key name', 6).toString('base64url'),
    secret: createSecretKey(derive('session at rest', 32)),
  }
}

/** Each session has its own key, so that one key encrypts few texts and random nonces don't repeat. */
function keyFor(id: string, secret: KeyObject): Buffer {
  return createHmac('sha256', secret).update(keyOf(id)).digest()
}

function sealedJson(text: string, id: string, secret: KeyObject): string {
  return JSON.stringify({ sealed: encryptText(text, keyFor(id, secret)) })
}
