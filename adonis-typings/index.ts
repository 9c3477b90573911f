/// <reference path="./session.ts" />
/// <reference path="./drivers.ts" />
/// <reference path="./context.ts" />
/// <reference path="./container.ts" />
/// <reference path="./events.ts" />
/// <reference path="./tests.ts" />
