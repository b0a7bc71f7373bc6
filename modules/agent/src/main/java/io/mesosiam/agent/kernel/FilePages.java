package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pages of this process that are pages of files: its program, the image's heap, libraries. The start and each TLS
 * handshake touch most of them, requests a fourth.
 */
public final class FilePages {
    private static final System.Logger LOG = System.getLogger(FilePages.class.getName());

    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    private static final int MADV_DONTNEED = 4;

    /** Smaller mappings aren't worth a system call. */
    private static final long LEAST_KIB = 256;

    /** The begin of one mapping's lines. */
    private static final Pattern MAPPING = Pattern.compile("(?m)^(?=[0-9a-f]+-[0-9a-f]+ )");

    /** A private mapping of a file that can't be written: begin, end; then offset, device, inode. */
    private static final Pattern CONSTANT =
            Pattern.compile("([0-9a-f]{1,15})-([0-9a-f]{1,15}) r-[x-]p [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ [1-9][0-9]* ");

    private static final Pattern RESIDENT = Pattern.compile("(?m)^Rss: +([0-9]+) kB$");
    private static final Pattern NONE_OF_ITS_OWN = Pattern.compile("(?m)^Anonymous: +0 kB$");
    private static final Pattern NONE_IN_SWAP = Pattern.compile("(?m)^Swap: +0 kB$");

    private FilePages() {}

    /** A part of the address space. */
    record Range(long begin, long end) {}

    /**
     * Gives back the pages that are equal to their file's: they leave this process, not the kernel's cache of the file,
     * and return when they are touched. The kernel drops its cache's pages sooner if no process has them.
     */
    public static void giveBack() {
        try (Arena arena = Arena.ofConfined()) {
            var state = SystemCall.state(arena);
            for (Range range : equalToTheirFiles(Files.readString(MAPPINGS, StandardCharsets.ISO_8859_1))) {
                SystemCall.MADVISE.call(state, range.begin(), range.end() - range.begin(), MADV_DONTNEED);
            }
        } catch (IOException | LinkageError e) {
            LOG.log(Level.DEBUG, "pages of files not given back reason={0}", e.toString());
        }
    }

    /**
     * The mappings whose pages can be given back. They can't be written, and no page of theirs is this process's own, as
     * one is that the loader has changed.
     *
     * @param smaps proc_pid_smaps(5)
     */
    static List<Range> equalToTheirFiles(String smaps) {
        return MAPPING.splitAsStream(smaps)
                .filter(FilePages::isLarge)
                .filter(mapping -> NONE_OF_ITS_OWN.matcher(mapping).find()
                        && NONE_IN_SWAP.matcher(mapping).find())
                .map(CONSTANT::matcher)
                .filter(Matcher::lookingAt)
                .map(found -> new Range(Long.parseLong(found.group(1), 16), Long.parseLong(found.group(2), 16)))
                .toList();
    }

    private static boolean isLarge(String mapping) {
        Matcher resident = RESIDENT.matcher(mapping);
        return resident.find() && Long.parseLong(resident.group(1)) >= LEAST_KIB;
    }
}
