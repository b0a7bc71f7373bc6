package io.mesosiam.agent.attest;

import java.nio.file.Path;

/**
 * A group that is named as Docker names one of its containers'. Anybody who may make groups can choose such a name.
 *
 * @param dockerId 64 hexadecimal digits
 */
record DockerGroup(String dockerId, Path directory, long inode) {}
