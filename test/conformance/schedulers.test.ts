import { createLocalScheduler } from "../../src/adapters/local/index.ts";
import { openHttpRig, openPushQueueRig } from "../http/push-rigs.ts";
import { silent } from "../silent.ts";
import { openSqsRig } from "../sqs/sqs-rig.ts";
import { describeScheduler } from "./scheduler-conformance.ts";

describeScheduler("local", async () => {
  const scheduler = createLocalScheduler({ logger: silent });
  return {
    scheduler,
    deliverTo: (turn) => scheduler.start({ turn, sweep: async () => {} }),
    stop: () => scheduler.stop(),
  };
});

describeScheduler("SQS", openSqsRig);

describeScheduler("HTTP", openHttpRig);

describeScheduler("HTTP scheduler behind a push queue, as a", openPushQueueRig);
