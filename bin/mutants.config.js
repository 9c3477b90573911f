/** What is broken together, and the specs that are to notice it: the quick ones first. */
const SESSIONS = [
  'session/commit',
  'session/ids',
  'flash/requests',
  'promises/p01_turns',
  'promises/p01_in_place',
  'promises/p01_messages',
  'promises/p01_between_commits',
  'promises/p01_late_writes',
  'promises/p01_during_commit',
  'promises/p02_half_way',
  'promises/p02_forks',
  'promises/p02_nothing_stored',
  'promises/p02_removed',
  'promises/p02_begun_again',
  'promises/p03_retired_ids',
  'promises/p03_logins',
  'promises/p03_lost_ids',
  'promises/p03_rotation',
  'promises/p04_order',
  'promises/p06_pages',
  'promises/p07_expiry',
  'promises/p07_beginning',
  'promises/p07_during_request',
  'promises/p10_failed_commits',
  'promises/p10_waiting',
  'session/events',
  'config/config',
  'config/expiry',
  'promises/p02_ended',
  'promises/p01_the_loop',
  'promises/p10_files',
]

const VALUES = [
  'session/session',
  'session/paths',
  'flash/messages',
  'values/rebase',
  'values/app_objects',
  'values/bounded',
  'bad_input/keys',
  'bad_input/values',
  'bad_input/json',
]

const DRIVERS = ['drivers/contract', 'session/session', 'bad_input/records', 'session/extend']

const REGISTRY = ['registry/config', 'registry/tags', 'registry/races']

/** The table and the loop are above the drivers: the quickest one, and the bridge for four methods. */
const CORE = ['memory', 'fourMethods']

/** `drivers`: those that the specs run on; absent: all of them. */
exports.AREAS = {
  table: {
    drivers: CORE,
    files: ['Repository/rules.ts'],
    texts: true,
    specs: [...SESSIONS, 'interleavings/interleavings'],
  },
  commit: {
    drivers: CORE,
    files: ['Repository/Commit.ts'],
    specs: [...SESSIONS, 'session/costs', 'promises/p09_size', 'interleavings/interleavings'],
  },
  lineage: {
    drivers: CORE,
    files: ['Repository/Lineage.ts', 'Repository/rebase.ts', 'Repository/index.ts'],
    specs: [...SESSIONS, 'interleavings/interleavings'],
  },
  waiting: {
    drivers: CORE,
    files: [
      'Outage/*.ts',
      ...['GuardedDriver', 'turns', 'lifetime'].map((name) => `Repository/${name}.ts`),
    ],
    specs: [
      'session/expires_at',
      ...SESSIONS,
      'promises/p10_fail_fast',
      'interleavings/interleavings',
    ],
  },
  values: {
    drivers: CORE,
    files: ['Values/*.ts', 'Flash/*.ts'],
    specs: [
      ...VALUES,
      ...['flash/requests', 'flash/dont_flash', 'flash/errors', 'flash/page', 'templates/tags'],
      ...['session/commit', 'promises/p01_in_place'],
      ...['promises/p01_messages', 'promises/p06_pages', 'session/costs'],
    ],
  },
  memory: {
    drivers: ['memory'],
    files: ['Drivers/Memory.ts', 'ExpiringMap/*.ts', 'Tombstones/*.ts', 'RecentMap/*.ts'],
    specs: [
      ...['drivers/memory', 'drivers/expiring_map', 'drivers/recent_map', ...DRIVERS],
      ...[...REGISTRY, 'session/id_cookie', ...SESSIONS],
    ],
  },
  files: {
    drivers: ['file'],
    files: ['Drivers/File.ts', 'AtomicFile/*.ts'],
    specs: [
      ...['drivers/file', 'drivers/file_changes', ...DRIVERS, 'compat/files', 'promises/p04_locks'],
      ...['promises/p10_files', 'promises/p10_windows', ...REGISTRY, ...SESSIONS],
    ],
  },
  redis: {
    drivers: ['redis'],
    files: ['Drivers/Redis.ts'],
    specs: [
      ...[...DRIVERS, 'compat/drivers', 'redis/expiry', 'redis/keys', 'redis/broken_wire'],
      ...['redis/damaged', 'redis/lists'],
      ...[
        'redis/costs',
        'redis/forgotten',
        'redis/interrupted',
        'redis/cluster',
        'promises/p10_redis',
        ...REGISTRY,
      ],
      ...SESSIONS,
    ],
  },
  cookie: {
    drivers: ['cookie', 'memory'],
    files: ['Drivers/Cookie.ts', 'Cookies/*.ts', 'IdCookie/*.ts'],
    specs: [
      ...[
        'drivers/cookie',
        'drivers/opened_cookies',
        ...DRIVERS,
        'session/cookies_of_one_name',
        'bad_input/cookies',
        'bad_input/ids',
        'session/id_cookie',
      ],
      ...['config/boot', 'promises/p09_size', 'promises/p11_caches', ...SESSIONS],
    ],
  },
  endings: {
    files: ['Endings/*.ts', 'Settings/revocation.ts'],
    specs: [
      ...['revocation/store', 'revocation/endings', 'revocation/changed_tags', 'drivers/cookie'],
      'revocation/tags',
    ],
  },
  keys: {
    drivers: ['memory', 'file', 'redis', 'cookie', 'dynamodb', 'sqlite'],
    files: ['KeyRing/*.ts', 'AtRest/*.ts', 'Settings/keyRing.ts'],
    specs: [
      ...['keys/key_ring', 'keys/encryption', 'keys/deployments', 'database/rows'],
      ...['bad_input/ids', 'registry/tags', 'drivers/contract', 'promises/p03_retired_ids'],
      ...['session/costs', 'client/test_client'],
    ],
  },
  bridge: {
    drivers: ['fourMethods'],
    files: ['AtomicBridge/*.ts'],
    specs: [...DRIVERS, 'reference/adonis_extend', ...SESSIONS, 'interleavings/interleavings'],
  },
}

/** What cannot be noticed, and why. `to` absent: whatever the text became. */
exports.EQUIVALENT = [
  {
    file: 'Drivers/Memory.ts',
    from: 'listed.record?.meta',
    to: 'listed.record.meta',
    why: 'This driver lists no session without its record.',
  },
  {
    file: 'Drivers/Memory.ts',
    from: 'looks < SWEPT_PER_WRITE',
    to: 'looks <= SWEPT_PER_WRITE',
    why: 'How many entries are looked at in one write is a matter of cost alone: those that are over are dropped sooner or later.',
  },
  {
    file: 'Drivers/Memory.ts',
    from: 'looks++',
    to: 'looks--',
    why: 'How many entries are looked at in one write is a matter of cost alone: those that are over are dropped sooner or later.',
  },
  {
    file: 'ExpiringMap/index.ts',
    from: 'looks < LOOKED_AT_PER_SET',
    to: 'looks <= LOOKED_AT_PER_SET',
    why: 'How many entries are looked at in one write is a matter of cost alone: those that are over are dropped sooner or later.',
  },
  {
    file: 'ExpiringMap/index.ts',
    from: 'looks++',
    to: 'looks--',
    why: 'How many entries are looked at in one write is a matter of cost alone: those that are over are dropped sooner or later.',
  },
  {
    file: 'ExpiringMap/index.ts',
    from: 'until <= Date.now()',
    to: 'until < Date.now()',
    why: 'An entry that ends at this very moment is not found any more, and is dropped by a later write.',
  },
  {
    file: 'AtRest/records.ts',
    from: '[]',
    why: 'Who encrypts nothing looks for no key among these.',
  },
  {
    file: 'AtRest/records.ts',
    from: "typeof sealed === 'string'",
    to: 'true',
    why: 'What is no text is not decrypted either: `decryptText` returns `null`.',
  },
  {
    file: 'AtRest/records.ts',
    from: 'text === null',
    to: 'false',
    why: 'In a tombstone, `null` in place of the values counts as none.',
  },
  {
    file: 'KeyRing/index.ts',
    from: '{ return null }',
    to: '{}',
    why: 'In `quietly`: `undefined` is no id and no session either.',
  },
  {
    file: 'KeyRing/index.ts',
    from: '!known.has(settings)',
    to: 'true',
    why: 'Then the same ring is made anew each time, which is a matter of cost alone.',
  },
  {
    file: 'Drivers/Redis.ts',
    from: '{ meta, tail: tailOf(sessionId, meta) }',
    to: '{}',
    why: 'Then the state is named by the fingerprint of the text, which the scripts accept as well: a matter of cost alone.',
  },
  {
    file: 'Drivers/Redis.ts',
    from: '(meta.listedUntil ?? 0) >= now + ttlInMs',
    to: '(meta.listedUntil ?? 0) > now + ttlInMs',
    why: 'An entry that is there for just long enough is written once more, which is a matter of cost alone.',
  },
  {
    file: 'Drivers/Redis.ts',
    from: 'tag !== undefined',
    to: 'true',
    why: 'Then an id is removed from a list that it is not in.',
  },
  {
    file: 'Drivers/Redis.ts',
    from: 'Number(what) === STORED',
    to: 'true',
    why: 'No other answer has a text that is a session of the id.',
  },
  {
    file: 'Drivers/Redis.ts',
    from: 'Number(ttl) < 0',
    to: 'Number(ttl) <= 0',
    why: 'A key in its last millisecond is gone when the answer arrives.',
  },
  {
    file: 'Drivers/Redis.ts',
    from: 'ttlInMs! < 0',
    to: 'ttlInMs! <= 0',
    why: 'A key in its last millisecond is gone when the answer arrives.',
  },
  {
    file: 'Tombstones/index.ts',
    from: 'revisions++',
    to: 'revisions--',
    why: 'A counter that goes down makes unique texts as well.',
  },
  {
    file: 'Repository/rules.ts',
    from: "'end'",
    why: 'A request that invalidated asks the table once, with what it began with. The action `end` deals with whatever stands there by then itself, so the other cells of its row are never reached. The table has them to be whole.',
  },
  {
    file: 'Repository/rules.ts',
    from: "'stay'",
    why: 'An id is due for rotation only where a record was read, so the session cannot have ended before the request began.',
  },
  {
    file: 'Repository/rules.ts',
    from: "'giveUp'",
    why: 'A request that did nothing to a session that had ended before is answered before the table is asked.',
  },
  {
    file: 'Repository/Commit.ts',
    from: "found.state === 'retired'",
    to: 'true',
    why: 'The table has `follow` in the column "rotated" only, where a tombstone was found.',
  },
  {
    file: 'Repository/Commit.ts',
    from: '!successor',
    to: 'false',
    why: 'The table has `follow` in the column "rotated" only, where the tombstone has a successor.',
  },
  {
    file: 'Repository/Commit.ts',
    from: "{ return this.saved('gone') }",
    to: '{}',
    why: 'The table has `follow` in the column "rotated" only, where the tombstone has a successor.',
  },
  {
    file: 'Repository/Commit.ts',
    from: "found.state !== 'retired'",
    to: 'false',
    why: 'The table has `fork` in the column "regenerated" only, where a tombstone was found.',
  },
  {
    file: 'Repository/Commit.ts',
    from: '{ return found }',
    to: '{}',
    why: 'The table has `fork` in the column "regenerated" only, where a tombstone was found.',
  },
  {
    file: 'Repository/Commit.ts',
    from: 'false',
    to: 'true',
    why: '`keepsId`, of a session that inherits no issue time and no list of a tag, so that there is nothing to keep. `isRefused`, which is asked of loaded snapshots only.',
  },
  {
    file: 'Repository/Commit.ts',
    from: 'default: return false',
    to: 'default:',
    why: 'Then `undefined` is returned, which is as false.',
  },
  {
    file: 'Repository/Commit.ts',
    from: "{ state: 'absent' }",
    to: '{}',
    why: 'Of what a record is expected to replace, the version alone is asked for, and neither has one.',
  },
]
