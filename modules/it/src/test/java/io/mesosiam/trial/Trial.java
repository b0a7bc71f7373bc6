package io.mesosiam.trial;

/**
 * One failure.
 *
 * @param name its name on the command line
 * @param what the failure, in words, for the table
 * @param requirement what the machine must allow
 * @param setup prepares the site, before it starts
 * @param fault fails something, waits, and repairs it; it returns as soon as that is repaired
 */
record Trial(String name, String what, Requirement requirement, Setup setup, Fault fault) {
    /** A trial on the usual site, on any machine. */
    Trial(String name, String what, Fault fault) {
        this(name, what, Requirement.NOTHING, usual -> usual, fault);
    }

    /** A trial on a changed site, on any machine. */
    Trial(String name, String what, Setup setup, Fault fault) {
        this(name, what, Requirement.NOTHING, setup, fault);
    }

    /** A trial on the usual site. */
    Trial(String name, String what, Requirement requirement, Fault fault) {
        this(name, what, requirement, usual -> usual, fault);
    }

    @FunctionalInterface
    interface Setup {
        SiteSetup change(SiteSetup usual) throws Exception;
    }

    @FunctionalInterface
    interface Fault {
        void run(TrialSite site) throws Exception;
    }
}
