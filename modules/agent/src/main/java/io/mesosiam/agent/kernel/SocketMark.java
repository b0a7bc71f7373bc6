package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Sets the mark of a listening socket of this process (SO_MARK, socket(7)), by which the packet filter recognises it.
 * Accepted connections inherit the mark. The mark belongs to the socket: a socket of systemd keeps it while no agent
 * runs.
 */
public final class SocketMark {
    private SocketMark() {}

    /**
     * Marks the sockets with which this process listens on a port.
     *
     * @throws IOException if it does not listen there, or lacks NET_ADMIN
     */
    public static void set(int port, int mark) throws IOException {
        boolean any = false;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(ActivatedSocket.OWN_DESCRIPTORS)) {
            for (Path one : all) {
                int descriptor = ActivatedSocket.number(one);
                if (ActivatedSocket.listening(descriptor)
                        .filter(address -> address.getPort() == port)
                        .isPresent()) {
                    SocketCalls.setSocketOption(descriptor, SocketCalls.SO_MARK, mark);
                    any = true;
                }
            }
        } catch (SystemCall.CallFailed e) {
            throw new IOException(
                    "can't mark the listening socket, which needs NET_ADMIN (the unit's AmbientCapabilities): "
                            + e.getMessage(),
                    e);
        } catch (LinkageError e) {
            throw new IOException("can't mark the listening socket: foreign functions aren't available", e);
        }
        if (!any) {
            throw new IOException("this process doesn't listen on port " + port);
        }
    }
}
