/** Manifests for tests of the kubernetes provider. */
import type { PropertyMap } from "../../src/engine/interface/provider.ts";

export const configMap = (namespace: string, data: PropertyMap, name?: string): PropertyMap => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace, ...(name !== undefined && { name }) },
  data,
});

export const patchOf = configMapPatch;

function configMapPatch(namespace: string, name: string, data: PropertyMap): PropertyMap {
  return configMap(namespace, data, name);
}

export interface DeploymentShape {
  readonly replicas?: number;
  readonly cpu?: string;
  readonly skipAwait?: boolean;
  /** of the pods */
  readonly annotations?: PropertyMap;
}

export function deployment(
  namespace: string,
  name: string,
  labels: PropertyMap = { app: name },
  shape: DeploymentShape = {},
): PropertyMap {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      namespace,
      name,
      ...(shape.skipAwait && { annotations: { "pulumi.com/skipAwait": "true" } }),
    },
    spec: {
      replicas: shape.replicas ?? 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, ...(shape.annotations && { annotations: shape.annotations }) },
        spec: {
          containers: [
            {
              name: "main",
              image: "registry.example/web:1",
              ports: [{ containerPort: 80 }],
              // Written as the server would not write it.
              resources: { requests: { cpu: shape.cpu ?? "0.1", memory: "1024Mi" } },
            },
          ],
        },
      },
    },
  };
}

export const job = (namespace: string, name: string, annotations: PropertyMap = {}): PropertyMap => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { namespace, name },
  spec: {
    backoffLimit: 0,
    template: {
      metadata: { annotations },
      spec: { restartPolicy: "Never", containers: [{ name: "main", image: "registry.example/job:1" }] },
    },
  },
});

export const claim = (namespace: string, name: string, storageClassName: string): PropertyMap => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { namespace, name },
  spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
});

export const service = (namespace: string, name: string, type = "ClusterIP"): PropertyMap => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { namespace, name },
  spec: { type, selector: { app: name }, ports: [{ port: 80 }] },
});
