import { hashConfig } from '@adonisjs/core/build/config'

export default hashConfig({
  default: 'scrypt',

  list: {
    scrypt: {
      driver: 'scrypt',
      cost: 16384,
      blockSize: 8,
      parallelization: 1,
      saltSize: 16,
      keyLength: 64,
      maxMemory: 32 * 1024 * 1024,
    },
  },
})
