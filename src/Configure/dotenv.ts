/**
 * The value of a variable in the text of a `.env` file, as an app reads it: the last of several assignments; an
 * empty string when it is absent or empty. Sink's `EnvFile` splits at every `=` and fails on a blank line.
 */
export function readVariable(text: string, key: string): string {
  const value = lastAssignment(text, key)?.[2].trim() ?? ''
  const quoted = value.match(/^(['"`])(.*?)\1/)

  return quoted ? quoted[2] : value.slice(0, value.length - comment(value).length)
}

/**
 * Sets a variable that is absent or empty, and leaves every other byte alone: sink's `EnvFile`
 * overwrites the user's value, and turns CRLF into LF.
 */
export function setVariable(text: string, key: string, value: string): string {
  if (readVariable(text, key)) {
    return text
  }
  const found = lastAssignment(text, key)
  if (found) {
    const [line, head, rest] = found
    const end = found.index! + line.length
    return text.slice(0, found.index) + head + value + comment(rest) + text.slice(end)
  }

  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  return text + (text && !text.endsWith('\n') ? eol : '') + `${key}=${value}` + eol
}

function comment(text: string): string {
  return text.match(/\s*#.*$/)?.[0] ?? ''
}

/** The line that sets a variable: up to its equals sign, and behind it. */
function lastAssignment(text: string, key: string): RegExpMatchArray | undefined {
  const lines = new RegExp(
    `^([^\\S\\n]*(?:export[^\\S\\n]+)?${key}[^\\S\\n]*[=:])([^\\r\\n]*)`,
    'gm'
  )
  return [...text.matchAll(lines)].pop()
}
