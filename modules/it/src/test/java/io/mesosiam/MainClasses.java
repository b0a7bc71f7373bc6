package io.mesosiam;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The compiled classes of all programs, without their tests. */
final class MainClasses {
    static final JavaClasses ALL = new ClassFileImporter()
            .importPaths(Stream.of("wire", "agent", "controller", "sandbox")
                    .map(module -> Path.of("modules", module, "target", "classes"))
                    .toList());

    private MainClasses() {}

    /** The packages that have a class. */
    static List<JavaPackage> packages() {
        return ALL.stream()
                .filter(c -> !c.getSimpleName().equals("package-info"))
                .map(JavaClass::getPackage)
                .distinct()
                .toList();
    }
}
