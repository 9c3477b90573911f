import { join } from 'path'
import type * as TypeScript from 'typescript'
import { APP_TYPES, STRICT } from './compilers'
import { ROOT } from './imports'

/** Where the cursor of the user is. */
const CURSOR = '|'

/** What an editor with a version of TypeScript offers at places of a file, after the declarations of an app. */
export class Editor {
  private text = ''
  private version = 0
  private service: TypeScript.LanguageService
  private file = join(ROOT, 'test', 'fixtures', 'typed-keys', 'editor.ts')

  constructor(
    private ts: typeof TypeScript,
    private declarations: string
  ) {
    const files = [join(ROOT, 'adonis-typings', 'index.ts'), this.file]
    const textOf = (path: string) => (path === this.file ? this.text : ts.sys.readFile(path))
    const { options } = ts.convertCompilerOptionsFromJson(
      { ...STRICT, module: 'commonjs', moduleResolution: 'node', types: APP_TYPES },
      ROOT
    )
    this.service = ts.createLanguageService({
      getScriptFileNames: () => files,
      getScriptVersion: (path) => (path === this.file ? String(this.version) : '1'),
      getScriptSnapshot: (path) => {
        const text = textOf(path)
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
      },
      getCurrentDirectory: () => ROOT,
      getCompilationSettings: () => options,
      getDefaultLibFileName: (all) => ts.getDefaultLibFilePath(all),
      fileExists: (path) => path === this.file || ts.sys.fileExists(path),
      readFile: textOf,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
    })
  }

  /** The names that are offered at the `|` of a line, in alphabetical order. */
  public offers(line: string): string[] {
    const position = this.write(line)
    const offered = this.service.getCompletionsAtPosition(this.file, position, {})
    return (offered?.entries ?? []).map(({ name }) => name).sort()
  }

  /** What is shown of the name at the `|` of a line: its type and its text. */
  public shows(line: string): { type: string; text: string } {
    const info = this.service.getQuickInfoAtPosition(this.file, this.write(line))
    return {
      type: this.ts.displayPartsToString(info?.displayParts),
      text: this.ts.displayPartsToString(info?.documentation),
    }
  }

  private write(line: string): number {
    const start = `
      import type { SessionContract, SessionValues } from '@ioc:Adonis/Addons/Session'
      declare module '@ioc:Adonis/Addons/Session' { ${this.declarations} }
      declare const session: SessionContract
      `
    this.text = start + line.replace(CURSOR, '')
    this.version++
    return start.length + line.indexOf(CURSOR)
  }
}
