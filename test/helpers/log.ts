import { Group } from '@japa/runner'
import * as config from '../fixtures/app/config/app'

/**
 * Collects the lines that the apps of a group log, anew for each test. An app makes its logger before
 * a test can set its config, so the file of the config is changed, and changed back.
 */
export function collectedLog(group: Group): string[] {
  const lines: string[] = []
  const stream = { write: (line: string) => lines.push(line) }

  group.each.setup(() => {
    const before = { ...config.logger }
    lines.splice(0)
    Object.assign(config.logger, { enabled: true, level: 'trace', stream })
    return () => void Object.assign(config.logger, { stream: undefined }, before)
  })
  return lines
}
