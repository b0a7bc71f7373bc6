package io.mesosiam;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Dependencies between packages within the modules: a stage may use the records of the stages before it, never of one
 * after it. Between programs, the dependencies of the modules enforce this.
 */
class ArchitectureTest {
    /** Our packages that each package may import, besides itself. Every package must be listed. */
    private static final List<Arrows> ARROWS = List.of(
            // the data flow, each stage after those that it uses
            from("mesos").to(),
            from("mesos.model").to("mesos"),
            from("mesos.json").to("mesos", "mesos.model"),
            from("mesos.master").to("clock", "loop", "mesos", "mesos.json", "mesos.model", "pause", "reach"),
            from("policy").to("mesos"),
            from("policy.bounds").to("policy", "mesos"),
            from("policy.cluster").to("policy", "mesos"),
            from("audit").to("failure", "loop", "postgres"),
            from("policy.store").to("policy", "policy.bounds", "mesos", "postgres"),
            from("ownership").to("loglimit", "mesos", "postgres"),
            from("lease").to("pause", "policy", "mesos", "secret"),
            from("lease.plan").to("lease", "policy", "mesos"),
            from("lease.reconcile").to("lease", "lease.plan", "loop", "policy", "policy.cluster", "mesos", "secret"),
            from("preview").to("lease", "lease.plan", "policy", "policy.cluster", "mesos"),
            from("preview.live")
                    .to(
                            "preview",
                            "lease",
                            "lease.plan",
                            "lease.reconcile",
                            "lease.store",
                            "policy",
                            "policy.cluster",
                            "mesos"),
            from("lease.store").to("pause", "lease", "loop", "ownership", "policy", "mesos", "postgres"),
            from("sts").to("pause", "clock", "lease", "policy", "mesos", "reach", "secret"),
            from("revoke").to("policy", "postgres", "sts"),
            from("channel")
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
            from("channel.handshake").to("loglimit"),
            from("signin").to("postgres"),
            from("api.port").to("loop", "pem", "signin"),
            from("api.document").to("signin"),
            from("api.sight").to("lease", "mesos", "policy", "signin"),
            from("api")
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
            from("api.status")
                    .to("api", "api.document", "lease.reconcile", "mesos", "ownership", "policy.store", "signin"),
            from("api.trust").to("admin", "admin.change", "admin.trust", "api", "api.admin", "api.preview", "signin"),
            from("api.revocation").to("admin", "admin.revocation", "admin.withdrawal", "api", "api.admin", "signin"),
            from("api.watch")
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
            from("api.explain")
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
            from("api.audit").to("api", "api.sight", "api.stream", "audit", "lease", "policy", "signin"),
            from("api.stream").to(),
            // administration: entities and their transactions; the resources that write
            from("admin").to(),
            from("admin.change").to("admin", "admin.namespace", "admin.trust"),
            from("admin.namespace").to("admin"),
            from("admin.revocation").to("admin", "admin.withdrawal", "policy"),
            from("admin.trust").to("admin"),
            from("admin.withdrawal").to("admin"),
            from("api.admin")
                    .to(
                            "admin",
                            "admin.change",
                            "admin.namespace",
                            "admin.revocation",
                            "admin.withdrawal",
                            "api",
                            "api.preview",
                            "policy",
                            "postgres",
                            "revoke",
                            "signin"),
            from("api.apply")
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
            from("api.namespace")
                    .to("admin", "admin.change", "admin.namespace", "api", "api.admin", "api.preview", "signin"),
            from("api.preview")
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
            // leaves, shared by the agent and the controller, so they have no further dependencies
            from("clock").to(),
            from("loglimit").to(),
            from("failure").to(),
            from("loop").to("failure"),
            from("pause").to(),
            from("pem").to(),
            from("reach").to(),
            from("spelling").to(),
            from("secret").to(),
            from("postgres").to("pause", "reach"),
            from("channel.wire").to("secret"),
            from("enrol").to(),
            // system calls
            from("agent.kernel").to(),
            // separate programs
            from("agent")
                    .to(
                            "agent.attest",
                            "agent.config",
                            "agent.docker",
                            "agent.doctor",
                            "agent.kernel",
                            "agent.link",
                            "agent.mesos",
                            "agent.metrics",
                            "agent.redirect",
                            "agent.serve",
                            "channel.wire"),
            from("agent.attest").to("agent.docker", "agent.kernel", "pause"),
            from("agent.config")
                    .to(
                            "agent.attest",
                            "agent.docker",
                            "agent.doctor",
                            "agent.kernel",
                            "agent.mesos",
                            "agent.redirect",
                            "agent.serve",
                            "reach",
                            "spelling"),
            from("agent.doctor").to("agent.attest", "agent.kernel", "agent.mesos", "agent.redirect", "reach"),
            from("agent.docker").to("agent.local", "reach"),
            from("agent.link")
                    .to(
                            "agent.attest",
                            "agent.config",
                            "agent.doctor",
                            "agent.metrics",
                            "agent.serve",
                            "channel.wire",
                            "failure",
                            "pause",
                            "secret"),
            from("agent.local").to("reach"),
            from("agent.mesos").to("agent.attest", "agent.local", "reach"),
            from("agent.metrics").to(),
            from("agent.redirect").to("agent.kernel"),
            from("agent.serve")
                    .to("agent.attest", "agent.kernel", "agent.metrics", "channel.wire", "pause", "reach", "secret"),
            // uses the interfaces that declare the settings of the stages, and the addresses for the API
            from("controller.start")
                    .to(
                            "mesos.master",
                            "audit",
                            "policy.store",
                            "preview.live",
                            "lease",
                            "sts",
                            "revoke",
                            "channel",
                            "signin",
                            "api",
                            "api.port",
                            "pem",
                            "reach",
                            "spelling"),
            // joins the stages of the controller; no stage uses it
            from("controller")
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

    @ParameterizedTest(name = "{0}")
    @FieldSource("ARROWS")
    void packageImportsOnlyAllowedPackages(Arrows arrows) {
        noClasses()
                .that()
                .resideInAPackage(arrows.from())
                .should()
                .dependOnClassesThat(ours().and(not(resideInAnyPackage(arrows.allowed()))))
                .allowEmptyShould(true)
                .check(MainClasses.ALL);
    }

    @Test
    void everyPackageIsListed() {
        var placed = ARROWS.stream().map(Arrows::from).collect(toCollection(TreeSet::new));

        // the sandbox is not part of the flow: it starts the programs, and nothing imports it
        assertThat(MainClasses.packages())
                .extracting(JavaPackage::getName)
                .filteredOn(name -> !name.startsWith("io.mesosiam.sandbox"))
                .isSubsetOf(placed);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.mesosiam.(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(MainClasses.ALL);
    }

    private static DescribedPredicate<JavaClass> ours() {
        return describe("ours", c -> c.getPackageName().startsWith("io.mesosiam"));
    }

    private static Arrows from(String name) {
        return new Arrows("io.mesosiam." + name, List.of());
    }

    private record Arrows(String from, List<String> imports) {
        Arrows to(String... names) {
            return new Arrows(
                    from, Arrays.stream(names).map("io.mesosiam."::concat).toList());
        }

        String[] allowed() {
            return Stream.concat(Stream.of(from), imports.stream()).toArray(String[]::new);
        }

        @Override
        public String toString() {
            return imports.isEmpty() ? from + " imports nothing of ours" : from + " → " + imports;
        }
    }
}
