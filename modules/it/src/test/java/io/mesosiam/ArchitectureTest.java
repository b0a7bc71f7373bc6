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
    /** Every package must be listed. */
    private static final List<Arrows> ARROWS = Stream.concat(ControllerArrows.ALL.stream(), AgentArrows.ALL.stream())
            .toList();

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
}
