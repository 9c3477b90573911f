/** The templates that `node ace configure` writes are text, so tsc leaves them behind. */
const { cpSync, mkdirSync, readdirSync, copyFileSync } = require('fs')
const { join } = require('path')

const source = join(__dirname, '..', 'templates')
const target = join(__dirname, '..', 'build', 'templates')

mkdirSync(target, { recursive: true })
if (cpSync) {
  cpSync(source, target, { recursive: true })
} else {
  readdirSync(source).forEach((name) => copyFileSync(join(source, name), join(target, name)))
}
