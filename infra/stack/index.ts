/** Everything of the template but the functions, which serverless.yml describes. */
import { alarms } from "./alarms.ts";
import { dashboard } from "./dashboard.ts";
import { logMetrics } from "./log-metrics.ts";
import { roles } from "./permissions.ts";
import { queues } from "./queues.ts";
import { settings } from "./settings.ts";
import { table } from "./table.ts";
import { ALARM_TOPIC, API_STAGE, API_TOKEN, DEAD_LETTER_QUEUE, ref, TABLE } from "./template.ts";
import { token } from "./token.ts";

export const resources = {
  Resources: { ...table, ...queues, ...token, ...roles, ...logMetrics, ...alarms, ...dashboard },
  /** For what the Serverless Framework makes, and has no words for. */
  extensions: {
    [API_STAGE]: {
      Properties: {
        DefaultRouteSettings: {
          DetailedMetricsEnabled: false,
          ThrottlingRateLimit: settings.throttle.requestsPerSecond,
          ThrottlingBurstLimit: settings.throttle.burst,
        },
      },
    },
  },
  Outputs: {
    TableName: { Value: ref(TABLE) },
    DeadLetterQueueUrl: { Value: ref(DEAD_LETTER_QUEUE) },
    ApiTokenSecret: { Value: ref(API_TOKEN) },
    AlarmTopicArn: { Value: ref(ALARM_TOPIC) },
  },
};
