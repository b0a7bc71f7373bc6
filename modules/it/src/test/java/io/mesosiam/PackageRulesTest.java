package io.mesosiam;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.mutiny.sqlclient.Pool;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Which libraries the classes of a package may use, and how. {@link ArchitectureTest} has our own packages. */
class PackageRulesTest {
    /** Decisions are a function of records: they read no table, wait for nothing and write no log. */
    @Test
    void decisionsUseOnlyTheJdkAndOurRecords() {
        classes()
                .that()
                .resideInAnyPackage("io.mesosiam.policy", "io.mesosiam.policy.cluster")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "io.mesosiam.policy",
                        "io.mesosiam.policy.cluster",
                        "io.mesosiam.mesos",
                        "java..",
                        "org.jspecify.."))
                .check(MainClasses.ALL);
    }

    /** The administrative side alone has entities; decisions and what records them use the SQL client. */
    @Test
    void onlyAdministrationUsesHibernate() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.mesosiam.admin..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.hibernate..", "jakarta.persistence.."))
                .check(MainClasses.ALL);
    }

    /** A pool's own statements start a timer that logs a stack trace if no connection can be opened. */
    @Test
    void statementsRunOnAConnectionAndNotOnThePoolItself() {
        noClasses()
                .should()
                .callMethodWhere(describe(
                        "a statement of a pool",
                        call -> call.getTargetOwner().isAssignableTo(Pool.class)
                                && List.of("query", "preparedQuery").contains(call.getName())))
                .check(MainClasses.ALL);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(MainClasses.packages())
                .allMatch(p -> p.isAnnotatedWith(NullMarked.class), "has a @NullMarked package-info.java");
    }
}
