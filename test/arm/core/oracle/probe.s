@ Tries accesses through page tables on a bare ARM1176JZF-S; see memory-cases.ts for the layout of cases and results.
@ r7 address, r8 control register with the MMU off, r9 cases left, r10 case, r11 result.
	.arch armv6k
	.syntax unified
	.equ	TABLE0, 0x4000
	.equ	TABLE1, 0x10000
	.equ	COARSE, 0x14000
	.equ	CASES, 0x20000
	.equ	RESULTS, 0x60000
start:	msr	cpsr_c, #0xd3
	adr	r0, vectors
	mov	r1, #0
	ldmia	r0!, {r2-r9}
	stmia	r1!, {r2-r9}
	ldmia	r0!, {r2-r9}
	stmia	r1!, {r2-r9}
	mrc	p15, 0, r8, c1, c0, 0
	ldr	r10, =CASES
	ldr	r11, =RESULTS
	ldr	r9, [r10], #64
	@ The code's own megabyte: all rights, domain 15.
	ldr	r0, =TABLE0
	ldr	r1, =0xde2
	str	r1, [r0]

next:	add	r1, r10, #32
	mov	r2, #6
1:	ldr	r3, [r1], #4
	cmp	r3, #0
	movne	r0, r3, lsr #12
	orrne	r0, r0, #0xef000000
	strne	r0, [r3]
	subs	r2, r2, #1
	bne	1b
	ldr	r7, [r10, #24]
	mov	r6, r7, lsr #20
	ldr	r0, =TABLE0
	ldr	r1, [r10, #12]
	str	r1, [r0, r6, lsl #2]
	ldr	r0, =TABLE1
	ldr	r1, [r10, #16]
	str	r1, [r0, r6, lsl #2]
	mov	r5, r7, lsl #12
	mov	r5, r5, lsr #24
	ldr	r0, =COARSE
	ldr	r1, [r10, #20]
	str	r1, [r0, r5, lsl #2]
	mov	r0, #0
	mcr	p15, 0, r0, c5, c0, 0
	mcr	p15, 0, r0, c5, c0, 1
	mcr	p15, 0, r0, c6, c0, 0
	mcr	p15, 0, r0, c6, c0, 2
	mcr	p15, 0, r0, c7, c4, 0
	ldr	r0, [r10, #4]
	mcr	p15, 0, r0, c3, c0, 0
	ldr	r0, [r10, #8]
	mcr	p15, 0, r0, c2, c0, 2
	ldr	r0, =TABLE0
	mcr	p15, 0, r0, c2, c0, 0
	ldr	r0, =TABLE1
	mcr	p15, 0, r0, c2, c0, 1
	mov	r0, #0
	mcr	p15, 0, r0, c7, c10, 4
	mcr	p15, 0, r0, c8, c7, 0
	orr	r2, r9, #0xef000000
	mov	r4, #0
	ldr	r3, [r10, #28]
	ldr	r0, [r10]
	orr	r0, r0, r8
	mcr	p15, 0, r0, c1, c0, 0
	mcr	p15, 0, r0, c7, c5, 4
	add	pc, pc, r3, lsl #3
	nop
	ldr	r4, [r7]
	b	done
	str	r2, [r7]
	b	done
	mov	pc, r7
	nop
	ldrt	r4, [r7]
	b	done
	strt	r2, [r7]
	b	done
	b	user
	nop
	mcr	p15, 0, r7, c7, c8, 0
	b	done
	mcr	p15, 0, r7, c7, c8, 1
	b	done
	mcr	p15, 0, r7, c7, c8, 2
	b	done
	mcr	p15, 0, r7, c7, c8, 3
	b	done
	swp	r4, r2, [r7]
	b	done
	ldm	r7, {r4, r5}
	b	done

user:	mov	r0, #0x1d0
	msr	spsr_cxsf, r0
	movs	pc, r7

onUndefined:
	mov	r0, #4
	b	taken
onSvc:	mov	r0, #3
	ldr	r4, [lr, #-4]
	b	taken
onPrefetch:
	mov	r0, #2
	b	taken
onData:	mov	r0, #1
	b	taken
onOther:
	mov	r0, #5
taken:	mov	r5, lr
	mrs	r6, spsr
	b	store
done:	mov	r0, #0
	mov	r5, #0
	mov	r6, #0
store:	mcr	p15, 0, r8, c1, c0, 0
	mov	r1, #0
	mcr	p15, 0, r1, c7, c5, 4
	mcr	p15, 0, r1, c8, c7, 0
	mrs	r7, cpsr
	msr	cpsr_c, #0xd3
	stmia	r11!, {r0, r4, r5, r6, r7}
	mrc	p15, 0, r0, c5, c0, 0
	mrc	p15, 0, r1, c6, c0, 0
	mrc	p15, 0, r2, c5, c0, 1
	mrc	p15, 0, r3, c6, c0, 2
	mrc	p15, 0, r4, c7, c4, 0
	stmia	r11!, {r0, r1, r2, r3, r4}
	@ The entries of this case go, so that the next one finds only its own.
	ldr	r7, [r10, #24]
	mov	r6, r7, lsr #20
	mov	r1, #0
	ldr	r0, =TABLE0
	str	r1, [r0, r6, lsl #2]
	ldr	r0, =TABLE1
	str	r1, [r0, r6, lsl #2]
	add	r10, r10, #64
	subs	r9, r9, #1
	bne	next
	ldr	r0, =0x600d600d
	str	r0, [r11]
1:	b	1b

vectors:
	.rept	8
	ldr	pc, [pc, #24]
	.endr
	.word	onOther, onUndefined, onSvc, onPrefetch, onData, onOther, onOther, onOther
	.ltorg
