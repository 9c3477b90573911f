import Redis from 'ioredis'
import { redisConfig } from './drivers'

/** Lets time pass in Redis for a session and its tombstone: it keeps its own time, whatever ours is. */
export async function passInRedis(sessionId: string, timeInMs: number): Promise<void> {
  const redis = new Redis(redisConfig().connections.local)
  for (const key of [sessionId, `{${sessionId}}:retired`]) {
    const left = await redis.pttl(key)
    if (left > 0) {
      await redis.pexpire(key, Math.max(left - timeInMs, 0))
    }
  }
  redis.disconnect()
}
