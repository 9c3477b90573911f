import { accessSync, constants } from 'fs'
import { delimiter, join } from 'path'
import { Browser, chromium } from 'playwright'

/** What distributions call the program. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** Pages that were left are kept for the back button, as people's browsers do. */
const NOT = ['--disable-back-forward-cache']

/** A server on the loopback interface is all that the browser may talk to. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The program of the browser: `CHROMIUM_PATH`, or else the first of its names on the PATH. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = '' } = process.env
  const directories = PATH.split(delimiter).filter(Boolean)
  const found = NAMES.flatMap((name) => directories.map((directory) => join(directory, name)))
  return (CHROMIUM_PATH ? [CHROMIUM_PATH] : found).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A browser with a profile of its own. It ends with this process. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ARGS, ignoreDefaultArgs: NOT })
}

let browser: Promise<Browser> | undefined

/** The browser of this run. */
export function sharedChromium(): Promise<Browser> {
  return (browser ??= launchChromium())
}
