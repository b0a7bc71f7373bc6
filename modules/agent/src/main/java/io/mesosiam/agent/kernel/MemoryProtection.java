package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.System.Logger.Level;

/** Keeps this process's memory, where key material is, to itself. */
public final class MemoryProtection {
    private static final System.Logger LOG = System.getLogger(MemoryProtection.class.getName());

    private MemoryProtection() {}

    /**
     * From now on no core file is written of this process, and no other of the same user may trace it or read its memory (prctl(2):
     * PR_SET_DUMPABLE; setrlimit(2): RLIMIT_CORE). Where that can't be had the log says so.
     */
    public static void seal() {
        try {
            Libc.forbid(Libc.RLIMIT_CORE);
            Libc.setDumpable(false);
        } catch (IOException | LinkageError e) {
            LOG.log(
                    Level.WARNING,
                    "key material could show in a core file or to a process of this user reason={0}",
                    e.toString());
        }
    }
}
