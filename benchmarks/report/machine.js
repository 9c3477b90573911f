const { execFileSync } = require('child_process')
const fs = require('fs')
const os = require('os')
const path = require('path')
const { postgresVersion } = require('../harness/stores')

const PACKAGES = {
  '..': [
    '@adonisjs/core',
    '@adonisjs/session',
    '@adonisjs/redis',
    'ioredis',
    '@adonisjs/lucid',
    'pg',
  ],
  '.': [
    'express',
    'express-session',
    'connect-redis',
    'connect-pg-simple',
    'redis',
    'fastify',
    '@fastify/session',
    'iron-session',
  ],
}

/** Read from the file: not every package lets its manifest be required. */
function versionOf(folder, name) {
  const file = path.join(__dirname, '..', folder, 'node_modules', name, 'package.json')
  return JSON.parse(fs.readFileSync(file, 'utf8')).version
}

/** On what the benchmarks ran. */
function machine() {
  const [cpu] = os.cpus()
  const redis = execFileSync('redis-server', ['--version'], { encoding: 'utf8' })
  const versions = Object.entries(PACKAGES).flatMap(([folder, names]) =>
    names.map((name) => [name, versionOf(folder, name)])
  )
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpu.model.replace(/\s+/g, ' ').trim(),
    cores: os.cpus().length,
    memoryInGb: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.arch()}`,
    node: process.version,
    redis: /v=(\S+)/.exec(redis)?.[1],
    postgres: postgresVersion(),
    packages: Object.fromEntries(versions),
  }
}

module.exports = { machine }
