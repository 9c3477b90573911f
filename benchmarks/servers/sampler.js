const { Session } = require('inspector')

/** A CPU profile of this process between two moments, without its start and its warm-up. */
class Sampler {
  async start({ intervalInUs }) {
    this.session = new Session()
    this.session.connect()
    await this.post('Profiler.enable')
    await this.post('Profiler.setSamplingInterval', { interval: intervalInUs })
    await this.post('Profiler.start')
  }

  async stop() {
    const { profile } = await this.post('Profiler.stop')
    this.session.disconnect()
    return profile
  }

  post(method, params) {
    return new Promise((resolve, reject) => {
      this.session.post(method, params, (error, result) =>
        error ? reject(error) : resolve(result)
      )
    })
  }
}

module.exports = { Sampler }
