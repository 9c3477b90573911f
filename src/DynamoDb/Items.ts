import { Change, Row, RowsError, SessionRows } from '../Rows'

/** The part of the client that is used. Importing its own types would fail in an app without the SDK. */
export interface Client {
  send(command: unknown): Promise<any>
}

/** Attributes in the format of DynamoDB: strings and numbers, both written as strings. */
type Attributes = Record<string, { S?: string; N?: string } | undefined>

/** Placeholders for attribute names in expressions, because some of the names are reserved words. */
const NAMES: Record<string, string> = {
  '#data': 'data',
  '#tombstone': 'tombstone',
  '#version': 'version',
  '#created': 'created_at',
  '#expires': 'expires_at',
  '#ttl': 'ttl',
}

const IS_NEW = 'attribute_not_exists(id) OR #expires <= :now'
const IS_SESSION = 'attribute_not_exists(#tombstone)'
const IS_EXPECTED = `${IS_SESSION} AND #version = :expected AND #expires > :now`

/** DynamoDB removes an item by itself, some time after its `ttl`. */
const TIMES = '#expires = :expires, #ttl = :ttl'

/** An item can have at most 400 KB, including the names of its attributes. */
const MAX_BYTES = 400 * 1024 - 512

/** The change of one item and its condition. Values that the two expressions don't use are left out. */
interface Update {
  set: string
  condition: string
  values: Record<string, string | number | null | undefined>
}

/**
 * The rows of sessions as items of a DynamoDB table, by the hash of the id. Each change is one conditional
 * request and uses the clock of this process.
 */
export class Items implements SessionRows {
  public readonly maxBytes = MAX_BYTES

  constructor(
    private client: Client,
    private table: string
  ) {}

  public async find(id: string): Promise<Row | null> {
    const { GetItemCommand } = require('@aws-sdk/client-dynamodb')
    const command = new GetItemCommand({ ...this.keyOf(id), ConsistentRead: true })
    const { Item: item } = await this.send<{ Item?: Attributes }>(command)
    return item && Number(item.expires_at?.N) > Date.now() ? rowOf(item) : null
  }

  public insert({ data, tombstone, ...change }: Parameters<SessionRows['insert']>[0]) {
    const kept =
      data === null ? '#tombstone = :tombstone REMOVE #data' : '#data = :data REMOVE #tombstone'
    return this.update(change, {
      set: `#version = :version, #created = :now, ${TIMES}, ${kept}`,
      condition: IS_NEW,
      values: { data, tombstone },
    })
  }

  public replace({ data, expected, ...change }: Parameters<SessionRows['replace']>[0]) {
    return this.update(change, {
      set: `#data = :data, #version = :version, ${TIMES}`,
      condition: expected === undefined ? `attribute_exists(id) AND ${IS_SESSION}` : IS_EXPECTED,
      values: { data, expected },
    })
  }

  public touch({ version: expected, ...change }: Change) {
    const values = { expected }
    return this.update({ ...change, version: '' }, { set: TIMES, condition: IS_EXPECTED, values })
  }

  public retire({ tombstone, expected, ...change }: Parameters<SessionRows['retire']>[0]) {
    return this.update(change, {
      set: `#tombstone = :tombstone, #version = :version, ${TIMES} REMOVE #data`,
      condition: expected === undefined ? `attribute_exists(id) AND ${IS_SESSION}` : IS_EXPECTED,
      values: { tombstone, expected },
    })
  }

  public async remove(id: string) {
    await this.delete(id, IS_SESSION, {})
  }

  public async discard(id: string, expected: string) {
    await this.delete(id, '#version = :expected', { expected })
  }

  private update({ id, version, ttlInMs }: Change, { set, condition, values }: Update) {
    const { UpdateItemCommand } = require('@aws-sdk/client-dynamodb')
    const now = Date.now()
    const expires = now + Math.ceil(ttlInMs)
    const times = { now, expires, ttl: Math.ceil(expires / 1000) }
    const command = new UpdateItemCommand({
      ...this.keyOf(id),
      UpdateExpression: `SET ${set}`,
      ConditionExpression: condition,
      ...named(`${set} ${condition}`, { ...values, ...times, version }),
    })
    return this.isDone(command, { id, version })
  }

  private delete(id: string, condition: string, values: Update['values']) {
    const { DeleteItemCommand } = require('@aws-sdk/client-dynamodb')
    const expressions = { ConditionExpression: condition, ...named(condition, values) }
    return this.isDone(new DeleteItemCommand({ ...this.keyOf(id), ...expressions }))
  }

  private keyOf(id: string) {
    return { TableName: this.table, Key: { id: { S: id } } }
  }

  /** Returns `false` if the condition was not met. */
  private async isDone(command: unknown, made?: { id: string; version: string }): Promise<boolean> {
    try {
      await this.send(command)
      return true
    } catch (error) {
      if (error.code !== 'ConditionalCheckFailedException') {
        throw error
      }
      return error.wasRepeated && made?.version ? this.wasMade(made) : false
    }
  }

  /**
   * The SDK sends a command again if the answer was lost. The first one may have been executed, and another
   * request may have changed the item since: then nobody can tell, and repeating the change could make it twice.
   */
  private async wasMade({ id, version }: { id: string; version: string }): Promise<boolean> {
    const row = await this.find(id)
    if (row !== null && row.version !== version) {
      throw new RowsError(
        'an answer was lost, and another request has changed the session since',
        'ConditionalCheckFailedException'
      )
    }
    return row !== null
  }

  private async send<Answer>(command: unknown): Promise<Answer> {
    try {
      return (await this.client.send(command)) as Answer
    } catch (error) {
      const isTooLarge = /item size|entity too large/i.test(error.message)
      const reason = new RowsError(
        error.name === 'ResourceNotFoundException'
          ? `there is no table "${this.table}". Create it with the partition key "id" of type S`
          : error.message || error.code || error.name,
        error.code ?? error.name,
        isTooLarge ? 'tooLarge' : undefined
      )
      throw Object.assign(reason, { wasRepeated: error.$metadata?.attempts > 1 })
    }
  }
}

/** The names and values that an expression uses. DynamoDB rejects a request that has any others. */
function named(expression: string, values: Update['values']) {
  const names = Object.entries(NAMES).filter(([name]) => expression.includes(name))
  const used = Object.entries(values).filter(([name]) => new RegExp(`:${name}\\b`).test(expression))
  return {
    ExpressionAttributeNames: Object.fromEntries(names),
    ...(used.length && {
      ExpressionAttributeValues: Object.fromEntries(
        used.map(([name, value]) => [
          `:${name}`,
          typeof value === 'number' ? { N: String(value) } : { S: String(value) },
        ])
      ),
    }),
  }
}

function rowOf(item: Attributes): Row {
  return {
    data: item.data?.S ?? null,
    tombstone: item.tombstone?.S ?? null,
    version: item.version?.S ?? '',
    expiresAt: Number(item.expires_at?.N),
  }
}
