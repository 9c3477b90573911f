import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { Client, Items } from '../DynamoDb/Items'
import { RowDriver } from './Rows'

const TABLE = 'sessions'

/** One client for each client config, so that its connections are reused. */
const clients = new WeakMap<object, Client>()
const BY_ENVIRONMENT = {}

function clientOf(config: object = BY_ENVIRONMENT): Client {
  if (!clients.has(config)) {
    const { DynamoDBClient } = require('@aws-sdk/client-dynamodb')
    clients.set(config, new DynamoDBClient(config))
  }
  return clients.get(config)!
}

/** Keeps sessions in a table of Amazon DynamoDB, which removes ended sessions by itself (time to live). */
export class DynamoDbDriver extends RowDriver {
  constructor(private config: SessionConfig) {
    super(config)
  }

  protected get rows(): Items {
    const { table = TABLE, client } = this.config.dynamodb ?? {}
    return new Items(clientOf(client), table)
  }
}
