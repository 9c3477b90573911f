import fs from 'fs'

export interface FileText {
  text: string
  /** Milliseconds since the epoch. */
  modifiedAt: number
}

/**
 * Opens a file, reads all of it and closes it: three calls of the system and the question for its size
 * and time. With callbacks, since file handles with promises cost twice as much.
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

function readOpen(
  file: number,
  done: (error: NodeJS.ErrnoException | null, found?: FileText) => void
) {
  fs.fstat(file, (statError, { size, mtimeMs } = {} as fs.Stats) => {
    if (statError) {
      done(statError)
      return
    }
    // One byte more than it had: a file that is filled to the end has grown meanwhile.
    const buffer = Buffer.allocUnsafe(size + 1)
    fs.read(file, buffer, 0, buffer.length, 0, (readError, length) => {
      if (readError) {
        done(readError)
      } else if (length > size) {
        readOpen(file, done)
      } else {
        done(null, { text: buffer.toString('utf8', 0, length), modifiedAt: mtimeMs })
      }
    })
  })
}
