/*
 * Runs single instructions with given registers under qemu-arm and reports what they left behind.
 *
 * Input, one case after the other, 18 words each: Thumb?, instruction, flags, R0 .. R14.
 * Output, 18 words each: signal number or 0, CPSR, R0 .. R14, hash of the data area.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

enum {
  CODE = 0x20000000,
  PROLOGUE = CODE + 0x300,
  PROBE = CODE + 0x500,
  EPILOGUE = CODE + 0x600,
  INPUT = CODE + 0x1000, /* R0 .. R14, flags, target */
  OUTPUT = CODE + 0x1080, /* R0 .. R14, CPSR */
  STACK = CODE + 0x1100,
  DATA = 0x10000000,
  DATA_WORDS = 256,
};

static sigjmp_buf escape;

static void caught(int number) { siglongjmp(escape, number); }

static void put(uint32_t address, uint32_t word) { *(volatile uint32_t *)address = word; }
static uint32_t get(uint32_t address) { return *(volatile uint32_t *)address; }

/* LDR or STR of register r at `at`, PC-relative. */
static uint32_t transfer(uint32_t opcode, uint32_t at, int r, uint32_t target) {
  return opcode | r << 12 | (target - (at + 8));
}

static void lay_code(void) {
  uint32_t at = PROLOGUE;
  put(at, 0xe92d4ff0), at += 4; /* push {r4-r11, lr} */
  put(at, transfer(0xe58f0000, at, 13, STACK)), at += 4;
  put(at, transfer(0xe59f0000, at, 0, INPUT + 60)), at += 4;
  put(at, 0xe12cf000), at += 4; /* msr CPSR_fs, r0 */
  for (int r = 0; r < 15; r++) put(at, transfer(0xe59f0000, at, r, INPUT + 4 * r)), at += 4;
  put(at, transfer(0xe59f0000, at, 15, INPUT + 64));
  at = EPILOGUE;
  for (int r = 0; r < 15; r++) put(at, transfer(0xe58f0000, at, r, OUTPUT + 4 * r)), at += 4;
  put(at, 0xe10f0000), at += 4; /* mrs r0, CPSR */
  put(at, transfer(0xe58f0000, at, 0, OUTPUT + 60)), at += 4;
  put(at, transfer(0xe59f0000, at, 13, STACK)), at += 4;
  put(at, 0xe8bd8ff0); /* pop {r4-r11, pc} */
}

static uint32_t branch(uint32_t at) { return 0xea000000 | ((EPILOGUE - (at + 8)) >> 2 & 0xffffff); }

static void lay_probe(int thumb, uint32_t instruction) {
  if (thumb) {
    put(PROBE, instruction | 0x46c00000);
    put(PROBE + 4, 0x46c04778); /* bx pc; nop */
    put(PROBE + 8, branch(PROBE + 8));
  } else {
    put(PROBE, instruction);
    put(PROBE + 4, branch(PROBE + 4));
  }
  __builtin___clear_cache((char *)PROBE, (char *)PROBE + 12);
}

int main(void) {
  static char alternate[65536];
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  struct sigaction action = {.sa_handler = caught, .sa_flags = SA_ONSTACK | SA_NODEFER};
  int rwx = PROT_READ | PROT_WRITE | PROT_EXEC, fixed = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  mmap((void *)CODE, 0x2000, rwx, fixed, -1, 0);
  mmap((void *)DATA, 0x1000, PROT_READ | PROT_WRITE, fixed, -1, 0);
  sigaltstack(&stack, 0);
  sigaction(SIGILL, &action, 0);
  sigaction(SIGSEGV, &action, 0);
  sigaction(SIGBUS, &action, 0);
  sigaction(SIGTRAP, &action, 0);
  lay_code();
  uint32_t input[18], output[18];
  while (fread(input, sizeof input, 1, stdin) == 1) {
    for (uint32_t k = 0; k < DATA_WORDS; k++) put(DATA + 4 * k, k * 0x9e3779b1u ^ 0x5bd1e995u);
    for (int r = 0; r < 15; r++) put(INPUT + 4 * r, input[3 + r]);
    put(INPUT + 60, input[2]);
    put(INPUT + 64, PROBE | input[0]);
    lay_probe(input[0], input[1]);
    output[0] = sigsetjmp(escape, 1);
    if (output[0] == 0) ((void (*)(void))PROLOGUE)();
    output[1] = get(OUTPUT + 60);
    for (int r = 0; r < 15; r++) output[2 + r] = get(OUTPUT + 4 * r);
    output[17] = 0x811c9dc5u;
    for (uint32_t k = 0; k < DATA_WORDS; k++) output[17] = (output[17] ^ get(DATA + 4 * k)) * 0x01000193u;
    fwrite(output, sizeof output, 1, stdout);
  }
  return 0;
}
