import { join } from 'path'
import { test } from '@japa/runner'
import type { AppOptions } from '../helpers/app'
import { Browser, BrowserResponse } from '../helpers/browser'
import { temporaryDirectory } from '../helpers/drivers'
import { Cluster } from '../torture/cluster'

/** The documented config, and what the template of `configure` sets: a promise holds under both. */
export const CONFIGS: Record<string, AppOptions['session']> = {
  documented: {},
  template: { touchEvery: '1m', saveUninitialized: false },
}

type Group = Parameters<Parameters<typeof test.group>[1]>[0]

/** A cluster for a group of tests, started before the first one and ended after the last one. */
export function clusterOf(
  group: Group,
  driver: string,
  { size = 2, session = {} as AppOptions['session'], options = {} as AppOptions } = {}
): { cluster: Cluster; directory: string } {
  const directory = temporaryDirectory()
  const running = { cluster: undefined as unknown as Cluster, directory }

  group.setup(async () => {
    running.cluster = await Cluster.start(driver, driver === 'cookie' ? 0 : size, {
      ...options,
      session: { ...(driver === 'file' && { file: { location: directory } }), ...session },
    })
    return () => running.cluster.stop()
  })
  return running
}

/** The Set-Cookie line of the session id, if the response has one. */
export function sessionCookie({ setCookies }: BrowserResponse): string | undefined {
  return setCookies.find((line) => line.startsWith('adonis-session='))
}

/** The path of the file of a session. */
export function sessionFile(directory: string, id: string): string {
  return join(directory, `${id}.txt`)
}

/** A browser whose session has these values. */
export async function visitor(cluster: Cluster, values: Record<string, any>) {
  const browser = cluster.browser()
  const { id } = (await cluster.run(browser, [['put', values]])).json
  return { browser, id: id as string }
}

/** Who sends a request of the same session without hearing its answer: a parallel tab. */
export function tab(browser: Browser): Browser {
  return browser.clone()
}
