using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (
      name = "app",
      worker = (
        modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
        compatibilityDate = "2026-06-01",
        compatibilityFlags = [
          "nodejs_compat",
          # To fire the schedule, as the platform does by itself.
          "service_binding_extra_handlers",
        ],
        bindings = [
          (name = "SELF", service = "app"),
          (name = "DYNAMODB_ENDPOINT", fromEnvironment = "DYNAMODB_ENDPOINT"),
          (name = "TABLE", fromEnvironment = "TABLE"),
          (name = "SECRET", fromEnvironment = "SECRET"),
          (name = "TOKEN", fromEnvironment = "TOKEN"),
        ],
        globalOutbound = "loopback",
      ),
    ),
    # Where DynamoDB Local is, and nothing else.
    (name = "loopback", network = (allow = ["127.0.0.0/8"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "app")],
);
