/** Tells on the error output what goes on: on a terminal in one line, or else a line per step. */
class Progress {
  constructor(stream = process.stderr) {
    this.stream = stream
    this.start = Date.now()
    this.step = ''
  }

  /** A new step, such as a workload. */
  begin(step) {
    this.step = step
    this.stream.isTTY ? this.note('') : this.stream.write(`${this.time()}  ${step}\n`)
  }

  /** What goes on within the step. It is shown on a terminal only. */
  note(text) {
    if (this.stream.isTTY) {
      const line = [this.time(), this.step, text].filter(Boolean).join('  ')
      this.stream.write(`\r\u001b[2K${line.slice(0, this.stream.columns - 1)}`)
    }
  }

  clear() {
    this.stream.isTTY && this.stream.write('\r\u001b[2K')
  }

  time() {
    const seconds = Math.round((Date.now() - this.start) / 1000)
    return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`
  }
}

module.exports = { Progress }
