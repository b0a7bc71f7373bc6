package io.mesosiam;

import static io.mesosiam.Arrows.arrowsFrom;

import java.util.List;

/** What the packages of the controller may import. */
final class ControllerArrows {
    static final List<Arrows> ALL = List.of(
            // the data flow, each stage after those that it uses
            arrowsFrom("mesos").to("line"),
            arrowsFrom("mesos.model").to("mesos"),
            arrowsFrom("mesos.json").to("line", "mesos", "mesos.model"),
            arrowsFrom("mesos.master").to("clock", "loop", "mesos", "mesos.json", "mesos.model", "pause", "reach"),
            arrowsFrom("policy").to("mesos"),
            arrowsFrom("policy.bounds").to("policy", "mesos"),
            arrowsFrom("policy.cluster").to("policy", "mesos"),
            arrowsFrom("audit").to("failure", "loop", "postgres"),
            arrowsFrom("policy.store").to("policy", "policy.bounds", "mesos", "postgres"),
            arrowsFrom("ownership").to("loglimit", "mesos", "postgres"),
            arrowsFrom("lease").to("pause", "policy", "mesos", "secret"),
            arrowsFrom("lease.plan").to("lease", "policy", "mesos"),
            arrowsFrom("lease.reconcile").to("lease", "lease.plan", "line", "loop", "mesos", "policy", "policy.cluster", "secret"),
            arrowsFrom("preview").to("lease", "lease.plan", "policy", "policy.cluster", "mesos"),
            arrowsFrom("preview.live")
                    .to(
                            "preview",
                            "lease",
                            "lease.plan",
                            "lease.reconcile",
                            "lease.store",
                            "policy",
                            "policy.cluster",
                            "mesos"),
            arrowsFrom("lease.store").to("pause", "lease", "loop", "ownership", "policy", "mesos", "postgres"),
            arrowsFrom("sts").to("clock", "lease", "line", "mesos", "pause", "policy", "reach", "secret"),
            arrowsFrom("revoke").to("line", "policy", "postgres", "sts"),
            arrowsFrom("channel")
                    .to(
                            "channel.handshake",
                            "channel.wire",
                            "enrol",
                            "failure",
                            "lease",
                            "lease.reconcile",
                            "loglimit",
                            "loop",
                            "ownership",
                            "policy",
                            "mesos",
                            "pem",
                            "postgres",
                            "secret"),
            arrowsFrom("channel.handshake").to("loglimit"),
            arrowsFrom("signin").to("line", "postgres"),
            arrowsFrom("api.port").to("loop", "pem", "signin"),
            arrowsFrom("api.document").to("signin"),
            arrowsFrom("api.sight").to("lease", "mesos", "policy", "signin"),
            arrowsFrom("api")
                    .to(
                            "admin.namespace",
                            "api.port",
                            "api.sight",
                            "lease",
                            "lease.reconcile",
                            "ownership",
                            "policy",
                            "policy.store",
                            "mesos",
                            "mesos.master",
                            "signin"),
            arrowsFrom("api.status")
                    .to("api", "api.document", "lease.reconcile", "mesos", "ownership", "policy.store", "signin"),
            arrowsFrom("api.list")
                    .to(
                            "admin",
                            "api",
                            "api.sight",
                            "lease",
                            "lease.reconcile",
                            "mesos",
                            "policy",
                            "policy.store",
                            "signin"),
            arrowsFrom("api.token").to("admin", "admin.namespace", "api", "api.list", "signin"),
            arrowsFrom("api.trust")
                    .to(
                            "admin",
                            "admin.change",
                            "admin.trust",
                            "api",
                            "api.admin",
                            "api.list",
                            "api.preview",
                            "signin"),
            arrowsFrom("api.revocation")
                    .to("admin", "admin.revocation", "admin.withdrawal", "api", "api.admin", "api.list", "signin"),
            arrowsFrom("api.watch")
                    .to(
                            "api",
                            "api.stream",
                            "lease",
                            "lease.plan",
                            "lease.reconcile",
                            "mesos",
                            "mesos.master",
                            "policy",
                            "policy.store",
                            "signin"),
            arrowsFrom("api.explain")
                    .to(
                            "admin",
                            "api",
                            "api.admin",
                            "api.sight",
                            "audit",
                            "lease.store",
                            "mesos",
                            "mesos.master",
                            "policy",
                            "policy.store",
                            "signin"),
            arrowsFrom("api.audit").to("api", "api.sight", "api.stream", "audit", "lease", "policy", "signin"),
            arrowsFrom("api.stream").to(),
            // administration: entities and their transactions; the resources that write
            arrowsFrom("admin").to(),
            arrowsFrom("admin.change").to("admin", "admin.namespace", "admin.trust"),
            arrowsFrom("admin.namespace").to("admin"),
            arrowsFrom("admin.revocation").to("admin", "admin.withdrawal", "policy"),
            arrowsFrom("admin.trust").to("admin"),
            arrowsFrom("admin.withdrawal").to("admin"),
            arrowsFrom("api.admin")
                    .to(
                            "admin",
                            "admin.change",
                            "admin.namespace",
                            "admin.revocation",
                            "admin.withdrawal",
                            "api",
                            "api.list",
                            "api.preview",
                            "policy",
                            "postgres",
                            "revoke",
                            "signin"),
            arrowsFrom("api.apply")
                    .to(
                            "admin",
                            "admin.change",
                            "admin.namespace",
                            "admin.trust",
                            "api",
                            "api.admin",
                            "api.namespace",
                            "api.preview",
                            "api.trust",
                            "signin"),
            arrowsFrom("api.namespace")
                    .to(
                            "admin",
                            "admin.change",
                            "admin.namespace",
                            "api",
                            "api.admin",
                            "api.list",
                            "api.preview",
                            "signin"),
            arrowsFrom("api.preview")
                    .to(
                            "admin",
                            "admin.change",
                            "admin.namespace",
                            "admin.trust",
                            "admin.withdrawal",
                            "api",
                            "api.sight",
                            "lease",
                            "policy",
                            "policy.bounds",
                            "policy.store",
                            "preview",
                            "preview.live",
                            "mesos",
                            "signin"),
            // uses the interfaces that declare the settings of the stages, and the addresses for the API
            arrowsFrom("controller.start").to("api", "api.port", "audit", "channel", "lease", "line", "mesos.master", "pem", "policy.store", "preview.live", "reach", "revoke", "signin", "spelling", "sts"),
            // joins the stages of the controller; no stage uses it
            arrowsFrom("controller")
                    .to(
                            "audit",
                            "clock",
                            "controller.start",
                            "mesos",
                            "mesos.master",
                            "policy",
                            "policy.cluster",
                            "policy.store",
                            "preview",
                            "preview.live",
                            "lease",
                            "lease.plan",
                            "lease.reconcile",
                            "lease.store",
                            "sts",
                            "revoke",
                            "channel",
                            "channel.wire",
                            "enrol",
                            "api",
                            "api.port",
                            "signin",
                            "loop",
                            "ownership",
                            "postgres",
                            "secret"));

    private ControllerArrows() {}
}
