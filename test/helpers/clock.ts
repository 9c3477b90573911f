import FakeTimers from '@sinonjs/fake-timers'
import { Group } from '@japa/runner'
import ms, { StringValue } from 'ms'

/** Stops the clock of this process for each test of a group. Redis keeps its own time. */
export function stoppedClock(group: Group) {
  let clock: FakeTimers.InstalledClock
  group.each.setup(() => {
    clock = FakeTimers.install({ now: Date.now(), toFake: ['Date'] })
    return () => clock.uninstall()
  })
  return {
    pass: (time: StringValue) => {
      clock.tick(ms(time))
    },
  }
}
