import FakeTimers from '@sinonjs/fake-timers'
import { Group } from '@japa/runner'
import Redis from 'ioredis'
import ms, { StringValue } from 'ms'
import { redisConfig } from './drivers'

/** Stops the clock of this process for each test of a group. */
export function stoppedClock(group: Group) {
  let clock: FakeTimers.InstalledClock
  group.each.setup(() => {
    clock = FakeTimers.install({ now: Date.now(), toFake: ['Date'] })
    return () => clock.uninstall()
  })
  const pass = (time: StringValue | number) => {
    clock.tick(typeof time === 'number' ? time : ms(time))
  }
  return {
    /** Lets milliseconds pass, or a time such as `2h`. */
    pass,

    /** Puts the clock back, as somebody does who finds that it was ahead. */
    putBack: (time: StringValue) => clock.setSystemTime(Date.now() - ms(time)),

    /** Lets time pass for one session, whoever keeps it: Redis goes by its own clock. */
    passFor: async (driver: string, sessionId: string, timeInMs: number) => {
      pass(timeInMs)
      driver === 'redis' && (await passInRedis(sessionId, timeInMs))
    },
  }
}

/** Lets time pass in Redis for a session and its tombstone. */
async function passInRedis(sessionId: string, timeInMs: number): Promise<void> {
  const redis = new Redis(redisConfig().connections.local)
  for (const key of [sessionId, `{${sessionId}}:retired`]) {
    const left = await redis.pttl(key)
    if (left > 0) {
      await redis.pexpire(key, Math.max(left - timeInMs, 0))
    }
  }
  redis.disconnect()
}
