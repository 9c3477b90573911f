import type { InferConnectionsFromConfig } from '@adonisjs/redis/build/config'
import type redisConfig from '../config/redis'

declare module '@ioc:Adonis/Addons/Redis' {
  interface RedisConnectionsList extends InferConnectionsFromConfig<typeof redisConfig> {}
}
