/*
 * Runs short pieces of ARM or Thumb code from a given state, one after the other, and reports the state each left.
 * It is made to be run by qemu-arm, which then is the judge of the interpreter (test/arm/fuzz).
 *
 * The code page is full of SENTINEL, which is undefined in both states; so each case ends in a signal, and the signal
 * handler is where it is reported and where the next one is started, by changing the context that it returns to.
 *
 * With the argument "clrex" the exclusive monitor of ARMv6K is cleared before each case.
 *
 * stdin: cases of CASE_WORDS little-endian words:
 *   0      bit 0: Thumb state; bit 1: VFP state follows; bits 31:16: offset of the code in the code page
 *   1      seed of the data window
 *   2      CPSR bits 31:27 and 19:16
 *   3..17  R0 .. R14
 *   18..21 the code
 *   and, when bit 1 of word 0 is set, S0 .. S31 and the FPSCR
 * stdout: results of RESULT_WORDS words:
 *   0      signal
 *   1      address of the fault (SIGSEGV and SIGBUS)
 *   2      address of the instruction that gave the signal
 *   3      CPSR
 *   4..18  R0 .. R14
 *   19     hash of the data window
 *   20, 21 index of the first data word that changed, or -1, and what it is now
 *   and S0 .. S31 and the FPSCR of a case that has them
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum {
  CODE = 0x50000000,
  CODE_WORDS = 1024,
  DATA = 0x30000000,
  DATA_WORDS = 2048,
  CASE_WORDS = 22,
  RESULT_WORDS = 22,
  CASE_CODE_WORDS = 4,
  VFP_WORDS = 33,
  /* Linux's record of the VFP in a signal frame: this, the size, D0 .. D31, the FPSCR. */
  VFP_MAGIC = 0x56465001,
  VFP_FRAME_S0 = 2,
  VFP_FRAME_FPSCR = 66,
};

static const uint32_t SENTINEL = 0xe7fddef0; /* udf in ARM state; in Thumb state udf, and a branch back to it */

static uint32_t *const code = (uint32_t *)CODE;
static uint32_t *const data = (uint32_t *)DATA;
static uint32_t given[CASE_WORDS], given_vfp[VFP_WORDS];
static int is_running, has_monitor;

/* The data window's words; none ends in binary 10, which is no address that may be branched to. */
static inline uint32_t data_word(uint32_t *state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  *state = x;
  return (x & 3) == 2 ? x ^ 2 : x;
}

static void report(int signal_number, const siginfo_t *info, const mcontext_t *context) {
  uint32_t result[RESULT_WORDS];
  result[0] = signal_number;
  result[1] = signal_number == SIGSEGV || signal_number == SIGBUS ? (uint32_t)info->si_addr : 0;
  result[2] = context->arm_pc;
  result[3] = context->arm_cpsr;
  memcpy(&result[4], &context->arm_r0, 15 * sizeof(uint32_t));
  uint32_t hash = 0x811c9dc5u, state = given[1];
  result[20] = ~0u;
  result[21] = 0;
  for (uint32_t k = 0; k < DATA_WORDS; k++) {
    uint32_t now = data[k];
    if (now != data_word(&state) && result[20] == ~0u) {
      result[20] = k;
      result[21] = now;
    }
    hash = (hash ^ now) * 0x01000193u;
  }
  result[19] = hash;
  fwrite(result, sizeof result, 1, stdout);
}

static void report_vfp(const uint32_t *frame) {
  fwrite(frame + VFP_FRAME_S0, sizeof(uint32_t), VFP_WORDS - 1, stdout);
  fwrite(frame + VFP_FRAME_FPSCR, sizeof(uint32_t), 1, stdout);
}

static void start_next_vfp(uint32_t *frame) {
  if (frame[0] != VFP_MAGIC || fread(given_vfp, sizeof given_vfp, 1, stdin) != 1) _exit(3);
  memcpy(frame + VFP_FRAME_S0, given_vfp, (VFP_WORDS - 1) * sizeof(uint32_t));
  frame[VFP_FRAME_FPSCR] = given_vfp[VFP_WORDS - 1];
}

static void start_next(mcontext_t *context) {
  uint32_t *place = code + (given[0] >> 18);
  if (is_running)
    for (int k = 0; k < CASE_CODE_WORDS; k++) place[k] = SENTINEL;
  if (fread(given, sizeof given, 1, stdin) != 1) {
    fflush(stdout);
    _exit(0);
  }
  is_running = 1;
  if (has_monitor) __asm__ volatile(".inst 0xf57ff01f"); /* clrex */
  place = code + (given[0] >> 18);
  memcpy(place, &given[18], CASE_CODE_WORDS * sizeof(uint32_t));
  __builtin___clear_cache((char *)code, (char *)(code + CODE_WORDS));
  uint32_t state = given[1];
  for (uint32_t k = 0; k < DATA_WORDS; k++) data[k] = data_word(&state);
  memcpy(&context->arm_r0, &given[3], 15 * sizeof(uint32_t));
  context->arm_pc = (uint32_t)place;
  context->arm_cpsr = (context->arm_cpsr & 0x1f) | (given[2] & 0xf80f0000) | (given[0] & 1) << 5;
}

static void caught(int signal_number, siginfo_t *info, void *context) {
  mcontext_t *machine = &((ucontext_t *)context)->uc_mcontext;
  uint32_t *vfp_frame = (uint32_t *)((ucontext_t *)context)->uc_regspace;
  if (is_running) report(signal_number, info, machine);
  if (is_running && (given[0] & 2)) report_vfp(vfp_frame);
  start_next(machine);
  if (given[0] & 2) start_next_vfp(vfp_frame);
}

int main(int argc, char **argv) {
  static char handler_stack[65536];
  static char input_buffer[1 << 16], output_buffer[1 << 16];
  stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_ONSTACK | SA_SIGINFO};
  int fixed = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
  if (mmap(code, CODE_WORDS * 4, PROT_READ | PROT_WRITE | PROT_EXEC, fixed, -1, 0) != code) return 2;
  if (mmap(data, DATA_WORDS * 4, PROT_READ | PROT_WRITE, fixed, -1, 0) != data) return 2;
  for (int k = 0; k < CODE_WORDS; k++) code[k] = SENTINEL;
  has_monitor = argc > 1 && strcmp(argv[1], "clrex") == 0;
  setvbuf(stdin, input_buffer, _IOFBF, sizeof input_buffer);
  setvbuf(stdout, output_buffer, _IOFBF, sizeof output_buffer);
  sigaltstack(&stack, 0);
  int caught_signals[] = {SIGUSR1, SIGILL, SIGTRAP, SIGSEGV, SIGBUS};
  for (unsigned k = 0; k < sizeof caught_signals / sizeof *caught_signals; k++) sigaction(caught_signals[k], &action, 0);
  raise(SIGUSR1);
  return 1;
}
