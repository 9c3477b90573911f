import type { SessionMeta } from '@ioc:Adonis/Addons/Session'
import { RecentMap } from '../RecentMap'
import { Settings } from '../Settings'
import { unshared } from './index'

/** A browser sends the same text with each request until the session is stored again. Texts and values are counted. */
const REMEMBERED_BYTES = 4 * 1024 * 1024

/** What the encrypted text of a session holds. */
export interface Opened {
  json: string
  meta: SessionMeta
}

interface Remembered extends Opened {
  sealed: string
  /** When the text expires, in milliseconds since the epoch, if its meta does not tell. */
  until: number
}

const known = new WeakMap<Settings, OpenedTexts>()

/** The texts that were opened or sealed lately, for each app: to open one costs more than all the rest of a read. */
export function openedBy(settings: Settings): OpenedTexts {
  let opened = known.get(settings)
  if (!opened) {
    opened = new OpenedTexts()
    known.set(settings, opened)
  }
  return opened
}

/** Remembers the last text of each session. Whoever asks has to look whether it is over by its meta. */
export class OpenedTexts {
  private texts = new RecentMap<Remembered>(REMEMBERED_BYTES)

  public find(sessionId: string, sealed: string): Opened | null {
    const found = this.texts.get(sessionId)
    return found?.sealed === sealed && found.until > Date.now() ? found : null
  }

  public add(sessionId: string, sealed: string, { json, meta }: Opened, until = Infinity) {
    const remembered = { sealed: unshared(sealed), json, meta, until }
    this.texts.set(sessionId, remembered, sealed.length + 2 * json.length)
  }
}
