import { Group } from '@japa/runner'
import { temporaryDirectory } from '../helpers/drivers'
import { apps, VisitedApp, Visitor } from '../helpers/visits'

/** Keys of an app, as they follow each other. */
export const [A, B, C] = ['A', 'B', 'C'].map((name) => `${name} is a key of 32 characters or so`)

/** Starts apps one after another on the same store, as deployments of one app with other keys. */
export function deployments(group: Group, driver: string) {
  const start = apps(group)
  let location: string
  group.each.setup(() => void (location = temporaryDirectory()))
  return (appKey: string, session: Record<string, any> = {}): Promise<VisitedApp> =>
    start(driver, {
      session: { touchEvery: '1m', file: { location }, ...session },
      config: { 'app.appKey': appKey },
    })
}

/** The same browser, for the app that was deployed since. */
export function goesOn(visitor: Visitor, app: VisitedApp): Visitor {
  const moved = app.visitor()
  moved.browser.jar = new Map(visitor.browser.jar)
  return moved
}
