package io.mesosiam.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.kernel.FilePages.Range;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FilePagesTest {
    private static final String PROGRAM = mapping("r-xp 00190000 fe:00 10061399    /usr/bin/agent", 13_000, 0, 0);
    private static final Range PROGRAMS = new Range(0x1000, 0x9000);

    @Test
    void pagesOfAProgramAreGivenBack() {
        assertThat(FilePages.equalToTheirFiles(PROGRAM)).containsExactly(PROGRAMS);
        assertThat(FilePages.equalToTheirFiles(PROGRAM + mapping("---p 00000000 00:00 0", 0, 0, 0) + PROGRAM))
                .containsExactly(PROGRAMS, PROGRAMS);
    }

    @Test
    void readOnlyDataIsGivenBack() {
        assertThat(FilePages.equalToTheirFiles(mapping("r--p 00fc0000 fe:00 7    /usr/bin/agent", 6_000, 0, 0)))
                .containsExactly(PROGRAMS);
    }

    @Test
    void mappingWithAPageThatDiffersFromItsFileIsKept() {
        assertThat(FilePages.equalToTheirFiles(mapping("r--p 00fc0000 fe:00 7    /usr/bin/agent", 6_000, 4, 0)))
                .isEmpty();
        assertThat(FilePages.equalToTheirFiles(mapping("r--p 00fc0000 fe:00 7    /usr/bin/agent", 6_000, 0, 4)))
                .isEmpty();
    }

    @Test
    void mappingThatCanBeWrittenIsKept() {
        assertThat(FilePages.equalToTheirFiles(mapping("rw-p 00fc0000 fe:00 7    /usr/bin/agent", 6_000, 0, 0)))
                .isEmpty();
        assertThat(FilePages.equalToTheirFiles(mapping("rwxp 00fc0000 fe:00 7    /usr/bin/agent", 6_000, 0, 0)))
                .isEmpty();
    }

    @Test
    void memoryWithoutAFileIsKept() {
        assertThat(FilePages.equalToTheirFiles(mapping("r--p 00000000 00:00 0 ", 6_000, 0, 0)))
                .isEmpty();
    }

    @Test
    void mappingWithoutKnownOwnPagesIsKept() {
        assertThat(FilePages.equalToTheirFiles("1000-9000 r-xp 00190000 fe:00 7    /usr/bin/agent\nRss:  13000 kB\n"))
                .isEmpty();
    }

    @Test
    void smallMappingIsKept() {
        assertThat(FilePages.equalToTheirFiles(mapping("r-xp 00190000 fe:00 7    /usr/lib/libz.so", 100, 0, 0)))
                .isEmpty();
    }

    @Test
    void processGoesOnWithLessOfItsProgramInMemory() throws Exception {
        long before = residentProgram();

        FilePages.giveBack();

        assertThat(residentProgram()).isPositive().isLessThan(before);
    }

    /** KiB of the JVM's own code in memory. */
    private static long residentProgram() throws IOException {
        String all = Files.readString(Path.of("/proc/self/smaps"), StandardCharsets.ISO_8859_1);
        Matcher code = Pattern.compile("r-xp [^\n]*/libjvm\\.so\n(?:[A-Z][^\n]*\n)*?Rss: +([0-9]+) kB")
                .matcher(all);
        assertThat(code.find()).isTrue();
        return Long.parseLong(code.group(1));
    }

    private static String mapping(String first, long resident, long own, long swapped) {
        return """
                1000-9000 %s
                Size:              14204 kB
                KernelPageSize:        4 kB
                Rss:    %12d kB
                Pss:               12984 kB
                Anonymous: %9d kB
                Swap:   %12d kB
                VmFlags: rd ex mr mw me
                """.formatted(first, resident, own, swapped);
    }
}
