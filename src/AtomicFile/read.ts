import fs from 'fs'

export interface FileText {
  text: string
  /** Milliseconds since the epoch. */
  modifiedAt: number
}

/** What is read in one go; a session that is larger than this is rare. */
const ONE_GO_IN_BYTES = 64 * 1024

type Done<T> = (error: NodeJS.ErrnoException | null, found?: T) => void

/**
 * Opens a file, asks for its size and time, reads all of it and closes it: four calls of the system. With
 * callbacks, since file handles with promises cost twice as much.
 */
export function readWhole(path: string): Promise<FileText> {
  return new Promise((resolve, reject) => {
    fs.open(path, 'r', (openError, file) => {
      if (openError) {
        reject(openError)
        return
      }
      readOpen(file, (error, found) =>
        fs.close(file, (closeError) =>
          error || closeError ? reject(error ?? closeError) : resolve(found!)
        )
      )
    })
  })
}

function readOpen(file: number, done: Done<FileText>) {
  fs.fstat(file, (statError, stats) => {
    if (statError) {
      done(statError)
      return
    }
    readText(file, stats.size, (error, text) =>
      error ? done(error) : done(null, { text: text!, modifiedAt: stats.mtimeMs })
    )
  })
}

/** In one go, if the file is small and has the size it had; else as often as it takes. */
function readText(file: number, size: number, done: Done<string>) {
  if (size > ONE_GO_IN_BYTES) {
    fs.readFile(file, 'utf8', done)
    return
  }
  // One byte more than it had: a file that fills it has grown.
  const buffer = Buffer.allocUnsafe(size + 1)
  fs.read(file, buffer, 0, buffer.length, 0, (error, length) => {
    if (error) {
      done(error)
    } else if (length === size) {
      done(null, buffer.toString('utf8', 0, length))
    } else {
      fs.readFile(file, 'utf8', done)
    }
  })
}
