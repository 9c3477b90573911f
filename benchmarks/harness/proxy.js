const { connect, createServer } = require('net')

/**
 * A TCP proxy on the loopback interface which counts what goes through. A trip begins with what the
 * client sends after the server has sent something: however many commands are in it, it is one wait.
 */
class Proxy {
  static async start(target) {
    const proxy = new Proxy()
    proxy.sockets = new Set()
    proxy.reset()
    proxy.server = createServer((client) => proxy.join(client, target))
    await new Promise((resolve) => proxy.server.listen(0, '127.0.0.1', resolve))
    proxy.port = proxy.server.address().port
    proxy.url = `http://127.0.0.1:${proxy.port}`
    return proxy
  }

  reset() {
    this.counted = { trips: 0, sentBytes: 0, receivedBytes: 0 }
  }

  join(client, target) {
    const server = connect(target, '127.0.0.1')
    let isAnswered = true
    client.setNoDelay(true)
    server.setNoDelay(true)
    client.on('data', (chunk) => {
      this.counted.trips += isAnswered ? 1 : 0
      this.counted.sentBytes += chunk.length
      isAnswered = false
      server.write(chunk)
    })
    server.on('data', (chunk) => {
      this.counted.receivedBytes += chunk.length
      isAnswered = true
      client.write(chunk)
    })
    this.keep(client, server)
    this.keep(server, client)
  }

  /** Both ends go together, whatever ends one of them. */
  keep(socket, other) {
    this.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      this.sockets.delete(socket)
      other.destroy()
    })
  }

  stop() {
    this.sockets.forEach((socket) => socket.destroy())
    this.server.close()
  }
}

module.exports = { Proxy }
