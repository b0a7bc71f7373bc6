package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.System.Logger.Level;

/** Protects this process's memory, which contains key material. */
public final class MemoryProtection {
    private static final System.Logger LOG = System.getLogger(MemoryProtection.class.getName());

    private MemoryProtection() {}

    /**
     * From now on, no core file of this process is written, and no other process of the same user may trace it or read
     * its memory (prctl(2): PR_SET_DUMPABLE; setrlimit(2): RLIMIT_CORE). If that fails it is logged.
     */
    public static void seal() {
        try {
            Libc.forbid(Libc.RLIMIT_CORE);
            Libc.setDumpable(false);
        } catch (IOException | LinkageError e) {
            LOG.log(
                    Level.WARNING,
                    "memory not protected, core files and processes of this user may read key material reason={0}",
                    e.toString());
        }
    }
}
