const js = require('@eslint/js')
const prettier = require('eslint-config-prettier')
const globals = require('globals')
const tseslint = require('typescript-eslint')

/** What tsconfig.json includes is linted with types; whatever else is TypeScript, without. */
const TYPED = ['{src,providers,plugins,config,adonis-typings,bin,test}/**/*.ts', 'instructions.ts']
const UNTYPED = ['test/fixtures/**', 'examples/**', 'benchmarks/**']

module.exports = tseslint.config(
  {
    ignores: [
      ...['**/build', '**/node_modules', '**/tmp', 'coverage', 'templates'],
      ...['docs/.vitepress/cache', 'docs/.vitepress/dist'],
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.js'],
    languageOptions: { sourceType: 'commonjs', globals: globals.node },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    rules: {
      // A value of a session, and much of the framework's own typings, is `any` by contract.
      '@typescript-eslint/no-explicit-any': 'off',
      // Optional peers, and files that not every process needs, load where they are used.
      '@typescript-eslint/no-require-imports': 'off',
      // `a && b()` is a statement here.
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Apps extend the framework's interfaces by name: `interface EnvTypes extends CustomTypes {}`.
      '@typescript-eslint/no-empty-object-type': [
        'error',
        { allowInterfaces: 'with-single-extends' },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    // What the framework promises to await is awaited: the store answers before the cookie is set.
    files: TYPED,
    ignores: UNTYPED,
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: __dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    // The typings are ambient modules, which import nothing and are referenced.
    files: ['adonis-typings/index.ts'],
    rules: { '@typescript-eslint/triple-slash-reference': 'off' },
  },
  {
    // Interfaces for apps to fill, and `{}` as a type for what is not null or undefined.
    files: ['adonis-typings/typed_keys.ts'],
    rules: { '@typescript-eslint/no-empty-object-type': 'off' },
  },
  {
    // `this.writable` is a guard in an accessor, run for its exception.
    files: ['src/Session/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    // What they are for is to print; so is `response.dumpSession` of the test client.
    files: [...UNTYPED, 'bin/**', 'src/Bindings/Tests.ts'],
    rules: { 'no-console': 'off' },
  },
  prettier
)
