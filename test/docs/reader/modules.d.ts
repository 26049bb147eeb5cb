/** What the documents use of packages that are not installed here. */

declare module "pino" {
  namespace pino {
    interface Logger {
      debug(fields: object | undefined, message: string): void;
      info(fields: object | undefined, message: string): void;
      warn(fields: object | undefined, message: string): void;
      error(fields: object | undefined, message: string): void;
      child(fields: object): Logger;
    }
  }
  export default pino;
}

declare module "@opentelemetry/sdk-node" {
  export class NodeSDK {
    constructor(options: {
      serviceName?: string;
      idGenerator?: import("@opentelemetry/sdk-trace-base").IdGenerator;
    });
    start(): void;
    shutdown(): Promise<void>;
  }
}
