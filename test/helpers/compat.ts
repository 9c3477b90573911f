import { fork } from 'child_process'
import { once } from 'events'
import { join } from 'path'
import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { AppOptions } from './app'
import { Browser } from './browser'

/** The provider of each version; the real 6.4.0 is a development dependency under its own name. */
const PROVIDERS = { '6.4.0': '@adonisjs/session', ours: undefined }

export type Version = keyof typeof PROVIDERS

/** The keys of ours that the template of `node ace configure` sets; 6.4.0 ignores them. */
export const TEMPLATE_CONFIG: Partial<SessionConfig> = {
  touchEvery: '1m',
  saveUninitialized: false,
  absoluteAge: '30d',
  storeTimeout: '5s',
  dontFlash: ['password', 'password_confirmation'],
}

/** What sessions hold, in every form that JSON has. */
export const VALUES = {
  title: 'Grüße, 世界 🌍 "quoted" \\ \u2028 </script> %00 =;,',
  nested: { cart: { lines: [{ sku: 'a-1', count: 2, tags: ['x', ['y']] }] }, 'dotted.key': 1 },
  mixed: [null, false, 0, '', {}, [], -1.5e-7, Number.MAX_SAFE_INTEGER],
  since: '2024-02-29T23:59:59.999Z',
  zero: 0,
  no: false,
  nothing: null,
  blank: '',
  none: [],
  empty: {},
  'csrf-secret': 'l4Zk0iB5H1lD2Y7t0Wm9Qb3x',
}

export const MESSAGES = {
  notice: 'Gespeichert ✓',
  errors: { title: ['required', 'too short'], 'lines.0.count': ['number'] },
  old: { title: 'Ü', lines: [{ count: 'x' }] },
}

export interface Served {
  /** A browser of this version with the cookies of another: one site, two deployments. */
  browser(other?: Browser): Browser
  stop(): Promise<void>
}

/** Starts an app on a version of the package, in a process of its own. */
export async function startVersion(version: Version, options: AppOptions): Promise<Served> {
  const argument = JSON.stringify({ ...options, sessionProvider: PROVIDERS[version] })
  const child = fork(join(__dirname, 'compat_server.ts'), [argument], {
    execArgv: ['-r', join(__dirname, '..', '..', 'bin', 'register')],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })

  const ended = once(child, 'exit')
  const first = await Promise.race([once(child, 'message'), ended])
  if (typeof first[0] !== 'object' || first[0] === null) {
    throw new Error(`The app on ${version} ended with code ${first[0]} before it listened`)
  }

  const { url } = first[0]
  return {
    browser: (other) => {
      const browser = new Browser(url)
      browser.jar = other?.jar ?? browser.jar
      return browser
    },
    stop: async () => {
      child.disconnect()
      await ended
    },
  }
}

/** The values of a session as a handler sees them, without the notes of the cookie driver. */
export async function seenBy(browser: Browser) {
  const { status, json, text } = await browser.get('/all')
  if (status !== 200) {
    throw new Error(`${status} ${text}`)
  }
  const { __session__: _notes, ...values } = json.values
  return { values, flash: json.flash }
}
