package io.mesosiam.sandbox.mesos;

import io.mesosiam.sandbox.process.Parent;
import java.io.IOException;

/**
 * The master as a process. Its first line of input is the token of its control endpoint; its one line of output says
 * where it answers, and where it is controlled. It ends when its input does.
 */
public final class MasterProgram {
    private MasterProgram() {}

    /** Takes the port as its argument; 0 for any. */
    public static void main(String[] arguments) throws IOException {
        var parent = new Parent();
        String token = parent.hear().orElseThrow();
        var setup = MasterSetup.plain().enforcingPrincipals().onPort(Integer.parseInt(arguments[0]));
        try (SandboxMaster master = SandboxMaster.start(setup);
                MasterControl control = MasterControl.start(master, token)) {
            parent.say(master.uri() + " " + control.uri());
            parent.await();
        }
    }
}
