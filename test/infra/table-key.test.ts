/** A key of the user's own for the table. */
import { afterEach, expect, it, vi } from "vitest";
import type { TemplateResource } from "./packaged.ts";
import { findTemplateFaults } from "./resource-schemas.ts";

const KEY = "arn:aws:kms:eu-central-1:111122223333:key/mine";

afterEach(() => {
  vi.doUnmock("../../infra/stack/settings.ts");
  vi.resetModules();
});

it("encrypts the table, and every function may use it for that", async () => {
  vi.doMock("../../infra/stack/settings.ts", async (original) => {
    const { settings } = await original<typeof import("../../infra/stack/settings.ts")>();
    return { settings: { ...settings, tableKey: KEY, deletionProtection: false } };
  });
  vi.resetModules();
  const { table } = await import("../../infra/stack/table.ts");
  const { roles } = await import("../../infra/stack/permissions.ts");
  expect(table["Table"]?.Properties).toMatchObject({
    SSESpecification: { SSEEnabled: true, SSEType: "KMS", KMSMasterKeyId: KEY },
    DeletionProtectionEnabled: false,
  });
  expect(
    findTemplateFaults({ Resources: table as Record<string, TemplateResource>, Outputs: {} }),
  ).toEqual([]);
  for (const role of Object.values(roles)) {
    const [{ PolicyDocument }] = role.Properties["Policies"] as [
      { PolicyDocument: { Statement: { Action: string[]; Resource: unknown }[] } },
    ];
    expect(PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Resource: KEY,
        Action: expect.arrayContaining(["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]),
      }),
    );
  }
});

it("is DynamoDB's own unless another is named", async () => {
  const { table } = await import("../../infra/stack/table.ts");
  const { roles } = await import("../../infra/stack/permissions.ts");
  expect(table["Table"]?.Properties).not.toHaveProperty("SSESpecification");
  expect(JSON.stringify(roles)).not.toContain("kms:");
});
